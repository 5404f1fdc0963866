"""Who must approve and what their votes come to: seats, stages, votes, rounds, samples."""
