"""What is known now? What the sensors report, collected over time; never what really happened."""
