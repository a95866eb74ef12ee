"""The commands of roomfold: what each takes, which functions it calls, and what it prints."""
