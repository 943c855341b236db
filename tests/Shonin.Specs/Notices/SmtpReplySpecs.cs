using Shonin.Notices;

namespace Shonin.Specs.Notices;

public sealed class SmtpReplySpecs
{
    [Theory]
    // RFC 3463 sections 3.2 and 3.3: the address, the mailbox.
    [InlineData("Recipient", 550, "5.1.1 no such user", "Refused")]
    [InlineData("Recipient", 501, "5.1.3 bad address syntax", "Refused")]
    [InlineData("Recipient", 556, "5.1.10 null MX", "Refused")]
    [InlineData("Recipient", 552, "5.2.2 mailbox full", "Refused")]
    [InlineData("Content", 550, "5.2.1 mailbox disabled", "Refused")]
    [InlineData("Recipient", 452, "4.2.2 mailbox full", "TryLater")]
    [InlineData("Content", 450, "4.2.0 try again", "TryLater")]
    // Without an enhanced code only RCPT speaks of the recipient.
    [InlineData("Recipient", 550, "no such user here", "Refused")]
    [InlineData("Recipient", 551, "user not local", "Refused")]
    [InlineData("Recipient", 553, "mailbox name not allowed", "Refused")]
    [InlineData("Content", 550, "message looks like spam", "RelayRefused")]
    [InlineData("Recipient", 552, "too much", "RelayRefused")]
    [InlineData("Recipient", 554, "transaction failed", "RelayRefused")]
    [InlineData("Recipient", 450, "greylisted", "TryLater")]
    [InlineData("Recipient", 451, "come back", "TryLater")]
    [InlineData("Content", 451, "local error", "RelayRefused")]
    // Policy, system, routing, protocol, form: the relay's.
    [InlineData("Recipient", 550, "5.7.1 relay access denied", "RelayRefused")]
    [InlineData("Recipient", 554, "5.7.1 blocked using a list", "RelayRefused")]
    [InlineData("Recipient", 450, "4.7.1 greylisted", "TryLater")]
    [InlineData("Content", 554, "5.7.1 spam", "RelayRefused")]
    [InlineData("Content", 451, "4.7.1 spam, perhaps", "RelayRefused")]
    [InlineData("Content", 552, "5.3.4 message too big", "RelayRefused")]
    [InlineData("Recipient", 550, "5.4.4 unable to route", "RelayRefused")]
    [InlineData("Recipient", 451, "4.3.0 lookup failure", "RelayRefused")]
    [InlineData("Data", 554, "5.5.1 no valid recipients", "RelayRefused")]
    [InlineData("Content", 550, "5.6.7 not supported", "RelayRefused")]
    // The sender is us.
    [InlineData("Sender", 530, "5.7.0 authentication required", "RelayRefused")]
    [InlineData("Sender", 550, "5.1.1 no such sender", "RelayRefused")]
    [InlineData("Recipient", 550, "5.1.8 sender's domain does not resolve", "RelayRefused")]
    [InlineData("Recipient", 550, "5.1.7 sender address rejected", "RelayRefused")]
    // The relay hangs up, or contradicts itself.
    [InlineData("Recipient", 421, "4.2.0 closing", "RelayRefused")]
    [InlineData("Recipient", 530, "4.1.1 no", "RelayRefused")]
    [InlineData("Recipient", 550, "5.1.1.1 is a version", "Refused")]
    public void A_refusal_counts_against_the_recipient_only_where_it_speaks_of_the_recipient(
        string step,
        int code,
        string text,
        string outcome
    ) => Assert.Equal(outcome, new SmtpReply(Enum.Parse<SmtpStep>(step), code, text).ToOutcome().GetType().Name);

    [Fact]
    public void What_an_agent_reads_is_one_line_and_not_too_long()
    {
        Assert.Equal(
            new MailOutcome.Refused("550 5.1.1 no such user"),
            new SmtpReply(SmtpStep.Recipient, 550, "5.1.1 no such\nuser").ToOutcome()
        );
        Assert.Equal(300, new SmtpReply(SmtpStep.Recipient, 550, new string('x', 9_000)).Shown.Length);
    }
}
