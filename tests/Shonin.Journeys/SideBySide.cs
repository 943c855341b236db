// Most of a journey is waiting: for a process to start, a page to load, a mail to arrive. Four of them keep two cores busy.
[assembly: Xunit.v3.Parallelization(MaxThreads = 4)]
