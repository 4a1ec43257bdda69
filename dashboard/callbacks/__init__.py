"""What the server is asked for: text. Each module has ``register(app, store)``; time and filters never come here."""
