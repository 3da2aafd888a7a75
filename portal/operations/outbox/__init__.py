"""The outbox at work: ways out, delivery, the administrators' page."""
