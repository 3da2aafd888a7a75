"""The work on cases behind their law: who works on which, notes, related cases, declared interests, consent, templates."""
