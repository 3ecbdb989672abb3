-- The published snapshot: every table readers may see.  Names and columns are a contract.
-- Hours are decimal(12,2); money is decimal(14,2) in the row's currency; instants are UTC; a *_date is a
-- day in the school's time zone.  "Now" is the snapshot's as-of instant (sync.as_of).

create table schools (school_id bigint, name varchar, timezone varchar, currency varchar, language varchar, primary_color varchar, student_count bigint, address varchar, contact_email varchar, phone_number varchar, website varchar, logo varchar, secondary_color varchar, tax_id varchar, billing_contact_name varchar, billing_contact_email varchar, billing_address varchar);
comment on table schools is 'One row per school of the platform. Grain: school_id.';
comment on column schools.school_id is 'The platform''s accounts_school.id.';
comment on column schools.name is 'Name as written on the platform.';
comment on column schools.timezone is 'IANA zone in which the school''s days begin; the default zone where the platform''s is unknown.';
comment on column schools.currency is 'ISO 4217 code of the school''s money.';
comment on column schools.language is 'Language code of the school''s settings.';
comment on column schools.primary_color is 'Brand colour, #rrggbb, or null.';
comment on column schools.student_count is 'Students who belong to the school.';
comment on column schools.address is 'Postal address, its lines apart by line breaks; null when empty.';
comment on column schools.contact_email is 'Where the school is written to; null when empty.';
comment on column schools.phone_number is 'Phone number as written; null when empty.';
comment on column schools.website is 'Address of its website as written; null when empty.';
comment on column schools.logo is 'Path of the logo among the platform''s files; null when there is none.';
comment on column schools.secondary_color is 'Second brand colour, #rrggbb, or null.';
comment on column schools.tax_id is 'Tax number of the school''s settings as written; null when empty.';
comment on column schools.billing_contact_name is 'Who answers questions about bills; null when empty.';
comment on column schools.billing_contact_email is 'Where such questions are sent; null when empty.';
comment on column schools.billing_address is 'Address of the school''s settings for bills, its lines apart by line breaks; null when empty.';

create table teachers (teacher_id bigint, user_id bigint, name varchar, specialty varchar);
comment on table teachers is 'One row per teacher profile. Grain: teacher_id.';
comment on column teachers.teacher_id is 'The platform''s accounts_teacherprofile.id.';
comment on column teachers.user_id is 'The teacher''s user.';
comment on column teachers.name is 'The teacher''s name.';
comment on column teachers.specialty is 'Subject taught, as written on the platform.';

create table plans (plan_id bigint, name varchar, description varchar, plan_type varchar, hours_included decimal(12,2), price decimal(14,2), validity_days bigint, display_order bigint, is_featured boolean, is_active boolean);
comment on table plans is 'Pricing plans as they are now. Grain: plan_id.';
comment on column plans.plan_id is 'The platform''s finances_pricingplan.id.';
comment on column plans.name is 'Name of the plan.';
comment on column plans.description is 'Text shown to buyers.';
comment on column plans.plan_type is 'package or subscription.';
comment on column plans.hours_included is 'Hours the plan grants today; past purchases keep what was recorded then.';
comment on column plans.price is 'Price in euros (the platform''s price_eur).';
comment on column plans.validity_days is 'Days a purchase stays valid; null without a limit.';
comment on column plans.display_order is 'Position in the price list.';
comment on column plans.is_featured is 'Marked as featured on the platform.';
comment on column plans.is_active is 'Still on sale.';

create table students (student_id bigint, name varchar, email varchar, is_active boolean, school_year varchar, school_ids bigint[], school_names varchar, joined_at timestamptz, has_account boolean);
comment on table students is 'A student is a user with an account balance, a purchase or an active student membership. Grain: student_id.';
comment on column students.student_id is 'The platform''s accounts_customuser.id.';
comment on column students.name is 'Name as written on the platform; empty when there is none.';
comment on column students.email is 'E-mail as written; two students'' e-mails may differ in case only.';
comment on column students.is_active is 'The user may sign in on the platform.';
comment on column students.school_year is 'School year of the student''s profile, or null.';
comment on column students.school_ids is 'Schools the student belongs to or bought at, ascending.';
comment on column students.school_names is 'Their names, joined with ", ".';
comment on column students.joined_at is 'When the user was created.';
comment on column students.has_account is 'The platform holds an account balance row.';

create table student_schools (student_id bigint, school_id bigint, is_active boolean);
comment on table student_schools is 'Which student belongs to which school: by membership as a student, or by having hours or classes there. Grain: student_id, school_id.';
comment on column student_schools.student_id is 'The student.';
comment on column student_schools.school_id is 'The school.';
comment on column student_schools.is_active is 'An active student membership exists.';

create table memberships (user_id bigint, school_id bigint, role varchar, is_active boolean);
comment on table memberships is 'Roles of users in schools, as on the platform. Grain: user_id, school_id, role.';
comment on column memberships.user_id is 'The user.';
comment on column memberships.school_id is 'The school.';
comment on column memberships.role is 'school_owner, school_admin, school_staff, teacher, student, parent.';
comment on column memberships.is_active is 'Inactive memberships give no access.';

create table guardians (parent_id bigint, child_id bigint, school_id bigint, is_active boolean);
comment on table guardians is 'Which parent may see which child. Grain: parent_id, child_id, school_id.';
comment on column guardians.parent_id is 'The parent''s user.';
comment on column guardians.child_id is 'The child''s user.';
comment on column guardians.school_id is 'School in which the link was made.';
comment on column guardians.is_active is 'Inactive links give no access.';

create table users (user_id bigint, email varchar, name varchar, is_active boolean, is_staff boolean);
comment on table users is 'People who may sign in: used to find out who a viewer is, never shown as a list. Grain: user_id.';
comment on column users.user_id is 'The platform''s accounts_customuser.id.';
comment on column users.email is 'E-mail as written.';
comment on column users.name is 'Name as written.';
comment on column users.is_active is 'May sign in on the platform.';
comment on column users.is_staff is 'Platform staff (is_staff or is_superuser).';

create table purchases (transaction_id bigint, student_id bigint, school_id bigint, transaction_type varchar, payment_status varchar, amount decimal(14,2), currency varchar, plan_id bigint, plan_name varchar, hours decimal(12,2), hours_source varchar, amount_refunded decimal(14,2), grants boolean, is_granted boolean, created_at timestamptz, created_date date, expires_at timestamptz, updated_at timestamptz, stripe_payment_intent_id varchar, billing_name varchar, billing_address varchar, billing_country varchar, billing_tax_id varchar, card_brand varchar, card_last4 varchar, subscription_period varchar);
comment on table purchases is 'Every purchase transaction, whatever its status. Grain: transaction_id.';
comment on column purchases.transaction_id is 'The platform''s finances_purchasetransaction.id.';
comment on column purchases.student_id is 'Who bought.';
comment on column purchases.school_id is 'School of the purchase: metadata.school_id, else the school the student joined first; null = unassigned.';
comment on column purchases.transaction_type is 'package or subscription (other values are shown as they are).';
comment on column purchases.payment_status is 'pending, processing, completed, failed, cancelled, refunded (other values are shown as they are and never grant).';
comment on column purchases.amount is 'Price paid, in currency.';
comment on column purchases.currency is 'Currency of the school of the purchase.';
comment on column purchases.plan_id is 'Plan named in the metadata, when it exists.';
comment on column purchases.plan_name is 'Plan name recorded at purchase, else the plan''s name today, else the transaction type.';
comment on column purchases.hours is 'Hours the purchase grants if completed.';
comment on column purchases.hours_source is 'Where hours came from: hours_included, hours, plan or none.';
comment on column purchases.amount_refunded is 'Money refunded by now.';
comment on column purchases.grants is 'completed or refunded, and a known type: this purchase grants hours (or will, when created_at is in the future).';
comment on column purchases.is_granted is 'grants, and created_at is not in the future: this purchase has entries in the ledger.';
comment on column purchases.created_at is 'When the transaction was made.';
comment on column purchases.created_date is 'The same as a day of the school.';
comment on column purchases.expires_at is 'First instant at which the hours are no longer valid; null = never.';
comment on column purchases.updated_at is 'Last change the platform recorded.';
comment on column purchases.stripe_payment_intent_id is 'Payment intent at the payment provider, or null.';
comment on column purchases.billing_name is 'Who is billed, as recorded at purchase; null when absent or unreadable.';
comment on column purchases.billing_address is 'Their address without the country, its lines apart by line breaks; null when absent or unreadable.';
comment on column purchases.billing_country is 'Their country, two letters of ISO 3166-1; null when absent or no such code.';
comment on column purchases.billing_tax_id is 'Their tax number as recorded at purchase; null when absent or unreadable.';
comment on column purchases.card_brand is 'Brand of the card that paid, in lower case; null when absent or unreadable.';
comment on column purchases.card_last4 is 'Its last four digits; null when absent or not four digits.';
comment on column purchases.subscription_period is 'Days a subscription''s payment is for, such as 2025-01-01_to_2025-02-01; null when absent or unreadable.';

create table refunds (refund_id varchar, transaction_id bigint, student_id bigint, school_id bigint, amount decimal(14,2), currency varchar, refunded_at timestamptz, refunded_date date, status varchar, stripe_refund_id varchar);
comment on table refunds is 'Money given back by now, one row per refund that counts: amounts add up to the purchase''s amount_refunded. Grain: refund_id.';
comment on column refunds.refund_id is 'The purchase, and the refund''s id at the payment provider, else its position in the list; "full" for what went back without being listed. A rebuild gives the same id.';
comment on column refunds.transaction_id is 'The purchase whose money went back.';
comment on column refunds.student_id is 'Who had bought.';
comment on column refunds.school_id is 'School of the purchase; null = unassigned.';
comment on column refunds.amount is 'Money given back, at most what was left of the price; negative only where a purchase of a negative amount was undone.';
comment on column refunds.currency is 'Currency of the purchase.';
comment on column refunds.refunded_at is 'When the money went back: as recorded, else the purchase''s last change; never before the purchase.';
comment on column refunds.refunded_date is 'The same as a day of the school.';
comment on column refunds.status is 'Status recorded with the refund; null when there is none.';
comment on column refunds.stripe_refund_id is 'Refund at the payment provider; null when none was recorded.';

create table packages (package_id bigint, student_id bigint, school_id bigint, plan_id bigint, plan_name varchar, transaction_type varchar, hours_granted decimal(12,2), hours_upcoming decimal(12,2), hours_consumed decimal(12,2), hours_reserved decimal(12,2), hours_returned decimal(12,2), hours_deducted decimal(12,2), hours_expired decimal(12,2), hours_voided decimal(12,2), hours_remaining decimal(12,2), price decimal(14,2), amount_upcoming decimal(14,2), currency varchar, amount_recognised decimal(14,2), amount_breakage decimal(14,2), amount_refunded decimal(14,2), amount_deferred decimal(14,2), status varchar, purchased_at timestamptz, purchased_date date, expires_at timestamptz, expires_date date, days_until_expiry bigint);
comment on table packages is 'One row per purchase that grants hours. hours_granted - hours_consumed - hours_reserved - hours_deducted - hours_expired - hours_voided = hours_remaining; price = recognised + breakage + refunded + deferred. Grain: package_id.';
comment on column packages.package_id is 'The purchase''s transaction_id.';
comment on column packages.student_id is 'Whose hours.';
comment on column packages.school_id is 'School of the purchase; null = unassigned.';
comment on column packages.plan_id is 'Plan, when known.';
comment on column packages.plan_name is 'Name of the plan as bought.';
comment on column packages.transaction_type is 'package or subscription.';
comment on column packages.hours_granted is 'Hours added by now; 0 for an upcoming package.';
comment on column packages.hours_upcoming is 'Hours that an upcoming package will add.';
comment on column packages.hours_consumed is 'Hours of classes that took place, less what was returned.';
comment on column packages.hours_reserved is 'Hours of booked classes still to come, less what was returned.';
comment on column packages.hours_returned is 'Hours that came back; already taken off hours_consumed and hours_reserved.';
comment on column packages.hours_deducted is 'Hours taken off by adjustments.';
comment on column packages.hours_expired is 'Hours that expired unused, less what an extension gave back.';
comment on column packages.hours_voided is 'Hours taken back because their money was refunded.';
comment on column packages.hours_remaining is 'Hours that can still be booked.';
comment on column packages.price is 'Money taken by now; 0 for an upcoming package.';
comment on column packages.amount_upcoming is 'Price of an upcoming package.';
comment on column packages.currency is 'Currency of the school.';
comment on column packages.amount_recognised is 'Revenue earned by classes that took place, less contra revenue of refunds.';
comment on column packages.amount_breakage is 'Revenue of hours that expired unused.';
comment on column packages.amount_refunded is 'Money given back.';
comment on column packages.amount_deferred is 'Money for hours not yet taught: a liability.';
comment on column packages.status is 'active, upcoming, exhausted, expired or refunded, as of the snapshot.';
comment on column packages.purchased_at is 'When the purchase was made.';
comment on column packages.purchased_date is 'The same as a day of the school.';
comment on column packages.expires_at is 'First instant at which the hours are no longer valid (extensions included); null = never.';
comment on column packages.expires_date is 'The day on which they expire, in the school''s zone.';
comment on column packages.days_until_expiry is 'expires_date minus today, both days of the school; negative when past; null = never.';

create table consumptions (consumption_id bigint, student_id bigint, school_id bigint, session_id bigint, booked_package_id bigint, charged_package_id bigint, is_split boolean, charged_to varchar, charged_school_id bigint, teacher_id bigint, session_type varchar, grade_level varchar, session_status varchar, class_at timestamptz, class_date date, class_hour bigint, booked_at timestamptz, held_at timestamptz, hours_booked decimal(12,2), hours_effective decimal(12,2), hours_returned decimal(12,2), hours_overdrawn decimal(12,2), returned_at timestamptz, amount decimal(14,2), amount_at_class decimal(14,2), is_taught boolean, state varchar, is_refunded boolean, updated_at timestamptz);
comment on table consumptions is 'One row per class a student was charged for: what it cost and which package paid. Grain: consumption_id.';
comment on column consumptions.consumption_id is 'The platform''s finances_hourconsumption.id.';
comment on column consumptions.student_id is 'Whose hours.';
comment on column consumptions.school_id is 'School of the class; without a class, of the charged package.';
comment on column consumptions.session_id is 'The class session, or null.';
comment on column consumptions.booked_package_id is 'The package the platform booked the class on.';
comment on column consumptions.charged_package_id is 'The one package that pays for it by the ledger; null when several do, or none.';
comment on column consumptions.is_split is 'The ledger keeps this class''s entries one by one: it was spread over packages, overdrawn, or belongs to a history that needed a replay.';
comment on column consumptions.charged_to is 'What it was charged to: "package 12: 1.50 h", several joined with "; "; "overdrawn: 1.00 h" for hours no package covers.';
comment on column consumptions.charged_school_id is 'School of the charged package: the school in whose books the entries stand.';
comment on column consumptions.teacher_id is 'Teacher of the class.';
comment on column consumptions.session_type is 'individual or group.';
comment on column consumptions.grade_level is 'Grade of the class.';
comment on column consumptions.session_status is 'scheduled, in_progress, completed, cancelled, no_show, or as written.';
comment on column consumptions.class_at is 'When the class takes place; without a class, when the row was typed.';
comment on column consumptions.class_date is 'The same as a day of the school.';
comment on column consumptions.class_hour is 'Hour of the day at which it begins, in the school''s zone.';
comment on column consumptions.booked_at is 'When it was booked.';
comment on column consumptions.held_at is 'From when the hours were held: the earlier of booked_at and class_at.';
comment on column consumptions.hours_booked is 'Hours held at booking.';
comment on column consumptions.hours_effective is 'What the class really costs.';
comment on column consumptions.hours_returned is 'hours_booked less hours_effective (and adjustments): what came back.';
comment on column consumptions.hours_overdrawn is 'Hours of it that no package covers today.';
comment on column consumptions.returned_at is 'When they came back, or null.';
comment on column consumptions.amount is 'Revenue recognised for it by now.';
comment on column consumptions.amount_at_class is 'Revenue recognised at class time, before later returns.';
comment on column consumptions.is_taught is 'Class time has passed.';
comment on column consumptions.state is 'upcoming (booked with a date in the future), reserved (class still to come), consumed, or returned (nothing left of it).';
comment on column consumptions.is_refunded is 'The platform''s own flag; see the glossary for why it says little.';
comment on column consumptions.updated_at is 'Last change the platform recorded.';

create table entries (entry_id varchar, student_id bigint, school_id bigint, package_id bigint, kind varchar, hours decimal(12,2), amount decimal(14,2), effective_at timestamptz, effective_date date, recorded_at timestamptz, source_table varchar, source_id bigint, session_id bigint, note varchar);
comment on table entries is 'Ledger entries kept one by one: everything except the reservations and consumptions of classes charged to one package. Read "ledger" instead. Grain: entry_id.';
comment on column entries.entry_id is 'Made from source, kind and position: a rebuild gives the same id.';
comment on column entries.student_id is 'Whose hours.';
comment on column entries.school_id is 'School in whose books the entry stands.';
comment on column entries.package_id is 'Package; negative = goodwill hours of adjustment -package_id; null = covered by no package.';
comment on column entries.kind is 'purchased, reserved, consumed, returned, expired, extended, added, deducted, voided, overdrawn.';
comment on column entries.hours is 'Signed hours.';
comment on column entries.amount is 'Signed change of deferred money.';
comment on column entries.effective_at is 'When it counts.';
comment on column entries.effective_date is 'The same as a day of the school in whose books it stands.';
comment on column entries.recorded_at is 'When the source recorded it.';
comment on column entries.source_table is 'Table of the row behind it.';
comment on column entries.source_id is 'Id of that row.';
comment on column entries.session_id is 'Class session, or null.';
comment on column entries.note is 'Why, in a few words, or null.';

create table reservations (student_id bigint, package_id bigint, hours decimal(12,2));
comment on table reservations is 'Hours held for classes still to come, less what was returned. Grain: student_id, package_id.';
comment on column reservations.student_id is 'Whose hours.';
comment on column reservations.package_id is 'Package they are held on; negative = goodwill hours of adjustment -package_id.';
comment on column reservations.hours is 'Hours held.';

create view ledger as
select entry_id, student_id, school_id, package_id, kind, hours, amount, effective_at, recorded_at, source_table, source_id, session_id, note
from entries
union all
select 'consumption:' || consumption_id || ':reserved', student_id, charged_school_id, charged_package_id, 'reserved', (-hours_booked)::decimal(12,2), 0::decimal(14,2), held_at, booked_at, 'finances_hourconsumption', consumption_id, session_id, null
from consumptions
where not is_split and hours_booked > 0 and held_at < class_at
union all
select 'consumption:' || consumption_id || ':lifted', student_id, charged_school_id, charged_package_id, 'reserved', hours_booked, 0::decimal(14,2), class_at, booked_at, 'finances_hourconsumption', consumption_id, session_id, 'class time reached'
from consumptions
where not is_split and hours_booked > 0 and held_at < class_at and is_taught
union all
select 'consumption:' || consumption_id || ':consumed', student_id, charged_school_id, charged_package_id, 'consumed', (-hours_booked)::decimal(12,2), (-amount_at_class)::decimal(14,2), class_at, booked_at, 'finances_hourconsumption', consumption_id, session_id, null
from consumptions
where not is_split and hours_booked > 0 and is_taught;
comment on view ledger is 'The ledger of hours and euros: every figure anywhere is a sum over these rows. Signed hours; amount is the change of deferred money. Grain: entry_id.';

create table student_balances (student_id bigint, hours_purchased decimal(12,2), hours_added decimal(12,2), hours_deducted decimal(12,2), hours_consumed decimal(12,2), hours_reserved decimal(12,2), hours_returned decimal(12,2), hours_expired decimal(12,2), hours_extended decimal(12,2), hours_voided decimal(12,2), hours_remaining decimal(12,2), hours_usable decimal(12,2), hours_overdrawn decimal(12,2), next_expiry timestamptz, next_expiry_hours decimal(12,2), active_packages bigint, platform_purchased decimal(12,2), platform_consumed decimal(12,2), platform_remaining decimal(12,2), drift decimal(12,2), drift_cause varchar, first_class_at timestamptz, last_class_at timestamptz, next_class_at timestamptz, pace_per_week decimal(12,2), hours_last_30_days decimal(12,2), hours_used decimal(12,2), hours_booked_ahead decimal(12,2));
comment on table student_balances is 'One row per student. purchased + added + returned + extended - consumed - reserved - deducted - expired - voided = remaining - overdrawn. Grain: student_id.';
comment on column student_balances.student_id is 'The student.';
comment on column student_balances.hours_purchased is 'Hours bought by now.';
comment on column student_balances.hours_added is 'Hours added by adjustments (goodwill: no price).';
comment on column student_balances.hours_deducted is 'Hours taken off by adjustments.';
comment on column student_balances.hours_consumed is 'Hours charged for classes whose time has come, as booked, covered by a package or not; what came back of them is in hours_returned. See hours_used.';
comment on column student_balances.hours_reserved is 'Hours held for booked classes still to come, as booked; what came back of them is in hours_returned. See hours_booked_ahead.';
comment on column student_balances.hours_returned is 'Hours that came back: cancellations, early endings, adjustments.';
comment on column student_balances.hours_expired is 'Hours that expired unused.';
comment on column student_balances.hours_extended is 'Expired hours given back by an extension.';
comment on column student_balances.hours_voided is 'Hours taken back because their money was refunded.';
comment on column student_balances.hours_remaining is 'Hours that can still be booked, in packages and goodwill.';
comment on column student_balances.hours_usable is 'Remaining hours that are valid now.';
comment on column student_balances.hours_overdrawn is 'Hours booked or taught that no package covers.';
comment on column student_balances.next_expiry is 'When the next remaining hours expire; null = none will.';
comment on column student_balances.next_expiry_hours is 'How many hours expire then.';
comment on column student_balances.active_packages is 'Packages with hours left that are valid now.';
comment on column student_balances.platform_purchased is 'The platform''s stored counter of hours bought.';
comment on column student_balances.platform_consumed is 'The platform''s stored counter of hours charged.';
comment on column student_balances.platform_remaining is 'The platform''s own balance: the difference of its counters; null without an account row.';
comment on column student_balances.drift is 'platform_remaining - hours_remaining; null without an account row.';
comment on column student_balances.drift_cause is 'The largest cause of the drift; drift_causes holds them all. Null without drift.';
comment on column student_balances.first_class_at is 'First class that took hours.';
comment on column student_balances.last_class_at is 'Latest class up to now that took hours.';
comment on column student_balances.next_class_at is 'Next booked class.';
comment on column student_balances.pace_per_week is 'Effective hours of the last 56 days, divided by 8 weeks (or by the weeks since the first class, at least 1).';
comment on column student_balances.hours_used is 'Effective hours of classes that took place: what was used, returns taken off.';
comment on column student_balances.hours_booked_ahead is 'Effective hours of booked classes still to come, returns taken off.';
comment on column student_balances.hours_last_30_days is 'Effective hours of classes of the last 30 days.';

create table student_school_balances (student_id bigint, school_id bigint, hours_purchased decimal(12,2), hours_added decimal(12,2), hours_deducted decimal(12,2), hours_consumed decimal(12,2), hours_reserved decimal(12,2), hours_returned decimal(12,2), hours_expired decimal(12,2), hours_extended decimal(12,2), hours_voided decimal(12,2), hours_remaining decimal(12,2), hours_usable decimal(12,2), hours_overdrawn decimal(12,2), next_expiry timestamptz, next_expiry_hours decimal(12,2), active_packages bigint, amount_deferred decimal(14,2), first_class_at timestamptz, last_class_at timestamptz, next_class_at timestamptz, pace_per_week decimal(12,2), hours_last_30_days decimal(12,2), hours_used decimal(12,2), hours_booked_ahead decimal(12,2));
comment on table student_school_balances is 'The same figures per student and school of the books: what a viewer limited to some schools sees as the balance. Grain: student_id, school_id.';
comment on column student_school_balances.student_id is 'The student.';
comment on column student_school_balances.school_id is 'School in whose books the hours stand; null = unassigned.';
comment on column student_school_balances.hours_purchased is 'See student_balances.';
comment on column student_school_balances.hours_added is 'See student_balances.';
comment on column student_school_balances.hours_deducted is 'See student_balances.';
comment on column student_school_balances.hours_consumed is 'See student_balances.';
comment on column student_school_balances.hours_reserved is 'See student_balances.';
comment on column student_school_balances.hours_returned is 'See student_balances.';
comment on column student_school_balances.hours_expired is 'See student_balances.';
comment on column student_school_balances.hours_extended is 'See student_balances.';
comment on column student_school_balances.hours_voided is 'See student_balances.';
comment on column student_school_balances.hours_remaining is 'See student_balances.';
comment on column student_school_balances.hours_usable is 'See student_balances.';
comment on column student_school_balances.hours_overdrawn is 'See student_balances.';
comment on column student_school_balances.next_expiry is 'See student_balances.';
comment on column student_school_balances.next_expiry_hours is 'See student_balances.';
comment on column student_school_balances.active_packages is 'See student_balances.';
comment on column student_school_balances.amount_deferred is 'Money for hours not yet taught, in the school''s currency.';
comment on column student_school_balances.first_class_at is 'See student_balances; by school of the class.';
comment on column student_school_balances.last_class_at is 'See student_balances; by school of the class.';
comment on column student_school_balances.next_class_at is 'See student_balances; by school of the class.';
comment on column student_school_balances.pace_per_week is 'See student_balances; by school of the class.';
comment on column student_school_balances.hours_used is 'See student_balances; by school of the class.';
comment on column student_school_balances.hours_booked_ahead is 'See student_balances; by school of the class.';
comment on column student_school_balances.hours_last_30_days is 'See student_balances; by school of the class.';

create table usage_by_day (school_id bigint, class_date date, teacher_id bigint, session_type varchar, grade_level varchar, status varchar, classes bigint, hours decimal(12,2), students bigint, no_shows bigint, cancellations bigint, trials bigint);
comment on table usage_by_day is 'Classes whose time has come, and their hours, per day of the school. Grain: school_id, class_date, teacher_id, session_type, grade_level, status.';
comment on column usage_by_day.school_id is 'School of the class; for consumptions without a class, of the charged package.';
comment on column usage_by_day.class_date is 'Day of the class, in the school''s zone.';
comment on column usage_by_day.teacher_id is 'Teacher; null when unknown.';
comment on column usage_by_day.session_type is 'individual or group.';
comment on column usage_by_day.grade_level is 'Grade of the class.';
comment on column usage_by_day.status is 'Status of the class; "no session" for consumptions without one.';
comment on column usage_by_day.classes is 'Class sessions.';
comment on column usage_by_day.hours is 'Effective hours charged to students for them.';
comment on column usage_by_day.students is 'Student places charged: one per student and class.';
comment on column usage_by_day.no_shows is 'Classes marked no_show.';
comment on column usage_by_day.cancellations is 'Classes marked cancelled.';
comment on column usage_by_day.trials is 'Trial classes (never charged).';

create table usage_by_hour (school_id bigint, class_month date, weekday bigint, class_hour bigint, classes bigint, hours decimal(12,2), no_shows bigint, cancellations bigint);
comment on table usage_by_hour is 'When classes took place: by month, weekday and hour of the school''s day. Grain: school_id, class_month, weekday, class_hour.';
comment on column usage_by_hour.school_id is 'School of the class.';
comment on column usage_by_hour.class_month is 'First day of the month.';
comment on column usage_by_hour.weekday is '1 = Monday … 7 = Sunday.';
comment on column usage_by_hour.class_hour is 'Hour at which the class begins, 0–23.';
comment on column usage_by_hour.classes is 'Class sessions that were not cancelled.';
comment on column usage_by_hour.hours is 'Effective hours charged for them.';
comment on column usage_by_hour.no_shows is 'Classes marked no_show.';
comment on column usage_by_hour.cancellations is 'Cancelled classes (not in classes).';

create table expirations (package_id bigint, student_id bigint, school_id bigint, plan_name varchar, currency varchar, expires_at timestamptz, expires_date date, days_until_expiry bigint, is_expired boolean, hours_at_stake decimal(12,2), amount_at_stake decimal(14,2), hours_expired decimal(12,2), amount_breakage decimal(14,2));
comment on table expirations is 'Packages with an expiry: what will expire, and what expired unused. Grain: package_id.';
comment on column expirations.package_id is 'The package.';
comment on column expirations.student_id is 'Whose hours.';
comment on column expirations.school_id is 'School of the purchase.';
comment on column expirations.plan_name is 'Name of the plan as bought.';
comment on column expirations.currency is 'Currency of the amounts.';
comment on column expirations.expires_at is 'First instant at which the hours are no longer valid.';
comment on column expirations.expires_date is 'The same as a day of the school.';
comment on column expirations.days_until_expiry is 'expires_date minus today; negative when past.';
comment on column expirations.is_expired is 'expires_at has been reached.';
comment on column expirations.hours_at_stake is 'Hours that will expire if nothing happens.';
comment on column expirations.amount_at_stake is 'Deferred money of those hours.';
comment on column expirations.hours_expired is 'Hours that expired unused.';
comment on column expirations.amount_breakage is 'Revenue of those hours.';

create table money_by_month (school_id bigint, currency varchar, month date, opening_deferred decimal(18,2), sold decimal(18,2), recognised decimal(18,2), breakage decimal(18,2), refunded decimal(18,2), closing_deferred decimal(18,2), cash_in decimal(18,2), cash_out decimal(18,2), cash decimal(18,2));
comment on table money_by_month is 'The roll-forward of deferred money: opening + sold - recognised - breakage - refunded = closing = next opening. No month is left out between a school''s first and the current one. Grain: school_id, currency, month.';
comment on column money_by_month.school_id is 'School in whose books the money stands; null = unassigned.';
comment on column money_by_month.currency is 'Its currency.';
comment on column money_by_month.month is 'First day of the month, in the school''s zone.';
comment on column money_by_month.opening_deferred is 'Deferred money before the month.';
comment on column money_by_month.sold is 'Packages bought.';
comment on column money_by_month.recognised is 'Revenue of classes that took place, less contra revenue.';
comment on column money_by_month.breakage is 'Revenue of hours that expired unused.';
comment on column money_by_month.refunded is 'Money given back.';
comment on column money_by_month.closing_deferred is 'Deferred money after the month.';
comment on column money_by_month.cash_in is 'Money taken.';
comment on column money_by_month.cash_out is 'Money given back, counted up to the price of each purchase; anything above is a data issue.';
comment on column money_by_month.cash is 'cash_in less cash_out.';

create table drift_causes (student_id bigint, cause varchar, hours decimal(12,2), evidence varchar, source_table varchar, source_ids bigint[]);
comment on table drift_causes is 'Why the platform''s counters differ from the ledger: the causes'' hours add up to the student''s drift. Grain: student_id, cause.';
comment on column drift_causes.student_id is 'The student.';
comment on column drift_causes.cause is 'Named cause; see the glossary.';
comment on column drift_causes.hours is 'Signed hours by which the platform''s balance is higher (+) or lower (-).';
comment on column drift_causes.evidence is 'What shows it, in words.';
comment on column drift_causes.source_table is 'Table of the rows that show it.';
comment on column drift_causes.source_ids is 'Ids of those rows (at most 20).';

create table data_issues (issue varchar, severity varchar, source_table varchar, source_id bigint, column_name varchar, value varchar, student_id bigint, school_id bigint, detail varchar);
comment on table data_issues is 'Rows of the platform that are odd: what was found and how it was read. Grain: issue, source_table, source_id, column_name.';
comment on column data_issues.issue is 'Short name of the issue.';
comment on column data_issues.severity is 'error: a row or value could not be used; warning: it was used as the rules say; info: worth knowing.';
comment on column data_issues.source_table is 'Table of the row.';
comment on column data_issues.source_id is 'Id of the row.';
comment on column data_issues.column_name is 'Column, or the path inside the metadata.';
comment on column data_issues.value is 'The value found, cut to 80 characters.';
comment on column data_issues.student_id is 'Student concerned, or null.';
comment on column data_issues.school_id is 'School concerned, or null.';
comment on column data_issues.detail is 'How it was read.';

create table checks (name varchar, severity varchar, passed boolean, found bigint, sentence varchar, sample varchar, seconds double);
comment on table checks is 'Sentences that must hold, tried on this snapshot before it was published. Grain: name.';
comment on column checks.name is 'File name of the check.';
comment on column checks.severity is 'stop: the snapshot would not have been published; warn: shown here.';
comment on column checks.passed is 'No row contradicts the sentence.';
comment on column checks.found is 'Rows that contradict it.';
comment on column checks.sample is 'The first of them.';
comment on column checks.sentence is 'What must hold.';
comment on column checks.seconds is 'Time it took.';

create table certificate (table_name varchar, source_rows bigint, staged_rows bigint, source_keys varchar, staged_keys varchar, source_content varchar, staged_content varchar, content_scope varchar, rows_changed bigint, rows_deleted bigint, matches boolean, read_seconds double);
comment on table certificate is 'Proof that the snapshot holds what the source held: both sides'' counts and checksums, per table. Grain: table_name.';
comment on column certificate.table_name is 'Table of the platform.';
comment on column certificate.source_rows is 'Rows counted by the source in the snapshot''s transaction.';
comment on column certificate.staged_rows is 'Rows held by us.';
comment on column certificate.source_keys is 'Checksum of the source''s set of ids.';
comment on column certificate.staged_keys is 'Checksum of ours.';
comment on column certificate.source_content is 'Checksum of the source''s values.';
comment on column certificate.staged_content is 'Checksum of ours.';
comment on column certificate.content_scope is 'all rows, or changed rows (an incremental sync).';
comment on column certificate.rows_changed is 'Rows inserted or updated since the snapshot before.';
comment on column certificate.rows_deleted is 'Rows deleted since then.';
comment on column certificate.matches is 'Every pair above is equal.';
comment on column certificate.read_seconds is 'Time spent reading the table.';

create table sync (snapshot_id bigint, as_of timestamptz, started_at timestamptz, finished_at timestamptz, mode varchar, mode_reason varchar, reader varchar, source varchar, source_snapshot varchar, seconds double, rows_read bigint, rows_changed bigint, rows_deleted bigint, students_rebuilt bigint, latest_change_at timestamptz, previous_snapshot_id bigint, fingerprint varchar, version varchar, is_demo boolean);
comment on table sync is 'How and when this snapshot was made. One row. Grain: snapshot_id.';
comment on column sync.snapshot_id is 'Number of the snapshot.';
comment on column sync.as_of is 'The source''s instant that every figure is as of.';
comment on column sync.started_at is 'When the sync began.';
comment on column sync.finished_at is 'When the snapshot was ready.';
comment on column sync.mode is 'full or incremental.';
comment on column sync.mode_reason is 'Why that mode.';
comment on column sync.reader is 'How the source was read.';
comment on column sync.source is 'The source''s address without its password.';
comment on column sync.source_snapshot is 'Snapshot id of the source''s transaction, where it has one.';
comment on column sync.seconds is 'Duration.';
comment on column sync.rows_read is 'Rows read from the source.';
comment on column sync.rows_changed is 'Rows inserted or updated since the snapshot before.';
comment on column sync.rows_deleted is 'Rows deleted since then.';
comment on column sync.students_rebuilt is 'Students whose entries were built anew.';
comment on column sync.latest_change_at is 'Latest updated_at seen in the source, at most as_of.';
comment on column sync.previous_snapshot_id is 'The snapshot this one follows; null for the first.';
comment on column sync.fingerprint is 'Fingerprint of the rules and settings the ledger was built by.';
comment on column sync.is_demo is 'The source is an invented school: anyone may look around in it.';
comment on column sync.version is 'Version of Hourbook.';
