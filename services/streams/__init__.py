"""The speed layer's streams are there before anybody writes to them.

Apart from the engine, because every runtime needs it and only the native one has the engine.
"""
