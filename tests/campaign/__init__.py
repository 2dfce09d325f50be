"""A campaign of crashes and faults: the program as a process, judged by the simulator's count."""
