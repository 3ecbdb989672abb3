"""Where to go from here, for somebody who is signed in already; the router shows everybody else how to sign in."""

from ui import sign_in

sign_in.signed_in()
