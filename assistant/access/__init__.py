"""Who calls, what they may reach, and how much of it: for every face that is called over HTTP."""
