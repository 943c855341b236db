using Shonin.Contacts;

namespace Shonin.Specs.Contacts;

public sealed class OutgoingSpecs
{
    [Fact]
    public void Who_reads_slowly_holds_up_nobody_else_and_gets_the_latest_instead_of_what_was_missed()
    {
        var outgoing = new Outgoing();
        var (sent, stuck) = (new List<string>(), new TaskCompletionSource());
        outgoing.Offer("slow", () => Note("slow 1", stuck.Task), () => Note("never", Task.CompletedTask));
        outgoing.Offer("slow", () => Note("slow 2", Task.CompletedTask), () => Note("instead of 2", Task.CompletedTask));
        outgoing.Offer("slow", () => Note("slow 3", Task.CompletedTask), () => Note("instead of 3", Task.CompletedTask));
        outgoing.Offer("quick", () => Note("quick", Task.CompletedTask), () => Note("never", Task.CompletedTask));
        Assert.Equal(["slow 1", "quick"], sent);
        stuck.SetResult();
        Assert.Equal(["slow 1", "quick", "instead of 3"], sent);
        outgoing.Offer("slow", () => Note("slow 4", Task.CompletedTask), () => Note("never", Task.CompletedTask));
        Assert.Equal("slow 4", sent[^1]);

        Task Note(string what, Task ends)
        {
            sent.Add(what);
            return ends;
        }
    }

    [Fact]
    public void A_connection_that_has_ended_is_no_fault_and_the_next_is_sent()
    {
        var (outgoing, sent) = (new Outgoing(), 0);
        outgoing.Offer("gone", () => Task.FromException(new IOException("closed")), () => Task.CompletedTask);
        outgoing.Offer("gone", () => Task.FromResult(++sent), () => Task.CompletedTask);
        Assert.Equal(1, sent);
    }
}
