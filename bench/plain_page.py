"""The peer of ``bench sessions``: the same kind of page written the usual way, under Streamlit's own settings.

Six questions over the classes of a published snapshot, three charts by plotly.express and two tables; nothing is cached
and nothing tuned. Run by ``streamlit run``, not imported.
"""

import os

import duckdb
import pandas as pd
import plotly.express as px
import streamlit as st

st.set_page_config(layout="wide")
books = duckdb.connect(os.environ["BENCH_SNAPSHOT"], read_only=True)


def table(sql: str) -> pd.DataFrame:
    """The answer as a pandas frame."""
    return books.execute(sql).df()


hours = "sum(hours_effective)::double as hours from consumptions group by all order by"
totals = table("select count(*) as classes, sum(hours_effective) as hours from consumptions")
by_day = table(f"select class_date, {hours} all")
by_type = table(f"select session_type, {hours} all")
by_hour = table("select class_hour, count(*) as classes from consumptions group by all order by all")
teachers = table(f"select teacher_id, {hours} 2 desc limit 50")
newest = table("select student_id, class_at, hours_effective from consumptions order by class_at desc limit 50")

st.title("Usage")
st.metric("Classes", f"{totals['classes'][0]:,}")
st.plotly_chart(px.line(by_day, x="class_date", y="hours"))
st.plotly_chart(px.bar(by_type, x="session_type", y="hours"))
st.plotly_chart(px.bar(by_hour, x="class_hour", y="classes"))
st.dataframe(teachers)
st.dataframe(newest)
