"""The commands of `python -m services.stack`, in the runtime that the stack has: only they know both runtimes."""
