"""What every command uses: options, consent, session, context, screen, exit codes and secret stores."""
