using CsCheck;
using Shonin.Domain;
using Shonin.Domain.Contacts;

namespace Shonin.Specs.Contacts;

public sealed class ContactDeciderSpecs
{
    private static readonly DateTimeOffset now = new(2026, 11, 30, 10, 0, 0, TimeSpan.FromHours(9));
    private static readonly ContactPolicy policy = new(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(2), TimeSpan.FromDays(1), at =>
        at + TimeSpan.FromHours(4)
    );
    private static readonly Speaker customer = Speaker.Customer.Instance;
    private static readonly Speaker hanako = new Speaker.Agent("hanako");
    private static readonly Speaker taro = new Speaker.Agent("taro");

    [Fact]
    public void A_first_question_opens_the_contact_and_the_next_one_joins_it()
    {
        var contact = After(null, Asks("1"));
        Assert.Equal((1, 1), (contact.Episode, contact.MessageCount));
        Assert.IsType<ContactFact.Said>(Assert.Single(Accepted(contact, Asks("2"))));
    }

    [Fact]
    public void The_same_message_again_is_the_same_message_whoever_offers_it_again()
    {
        var contact = After(After(null, Asks("1")), new ContactCommand.Claim("hanako"));
        Assert.Empty(Accepted(contact, Asks("1")));
        Assert.Empty(Accepted(contact, Says(customer, "1")));
        Assert.Single(Accepted(contact, Says(hanako, "1")));
        var said = After(contact, Says(hanako, "1"));
        Assert.Empty(Accepted(said, Says(hanako, "1")));
    }

    [Fact]
    public void One_agent_has_a_contact_and_a_second_claim_is_refused()
    {
        var contact = After(After(null, Asks("1")), new ContactCommand.Claim("hanako"));
        Assert.Equal("hanako", contact.Agent);
        Assert.Empty(Accepted(contact, new ContactCommand.Claim("hanako")));
        Assert.Equal(ContactRefusal.WithAnotherAgent, Refused(contact, new ContactCommand.Claim("taro")));
    }

    [Fact]
    public void Only_the_agent_who_has_it_speaks_and_any_agent_leaves_notes()
    {
        var waiting = After(null, Asks("1"));
        Assert.Equal(ContactRefusal.NotClaimed, Refused(waiting, Says(hanako, "a")));
        var contact = After(waiting, new ContactCommand.Claim("hanako"));
        Assert.Equal(ContactRefusal.WithAnotherAgent, Refused(contact, Says(taro, "a")));
        Assert.Single(Accepted(contact, Says(taro, "a", MessageKind.Note)));
    }

    [Fact]
    public void Who_is_handed_back_keeps_the_place_in_the_queue()
    {
        var contact = After(After(null, Asks("1")), new ContactCommand.Claim("hanako"));
        var back = After(contact, new ContactCommand.HandBack("hanako"), now + TimeSpan.FromMinutes(5));
        Assert.IsType<ContactStanding.Waiting>(back.Standing);
        Assert.Equal(now, back.QueuedAt);
        Assert.Equal(ContactRefusal.NotClaimed, Refused(back, new ContactCommand.HandBack("hanako")));
    }

    [Fact]
    public void A_contact_is_handed_over_by_the_agent_who_has_it_and_by_nobody_else()
    {
        var contact = After(After(null, Asks("1")), new ContactCommand.Claim("hanako"));
        Assert.Equal("taro", After(contact, new ContactCommand.HandOver("hanako", "taro")).Agent);
        Assert.Equal(ContactRefusal.WithAnotherAgent, Refused(contact, new ContactCommand.HandOver("taro", "hanako")));
    }

    [Fact]
    public void What_is_closed_takes_no_message_until_a_new_question_opens_it_again()
    {
        var closed = After(After(null, Asks("1")), new ContactCommand.Close(customer));
        Assert.Equal(ContactRefusal.ContactClosed, Refused(closed, Says(customer, "2")));
        Assert.Equal(ContactRefusal.ContactClosed, Refused(closed, new ContactCommand.Claim("hanako")));
        Assert.Empty(Accepted(closed, new ContactCommand.Close(customer)));
        var again = After(closed, Asks("3"), now + TimeSpan.FromHours(1));
        Assert.Equal((2, now + TimeSpan.FromHours(1)), (again.Episode, again.QueuedAt));
    }

    [Fact]
    public void Only_the_agent_who_has_it_closes_it_for_the_customer()
    {
        var waiting = After(null, Asks("1"));
        Assert.Equal(ContactRefusal.NotClaimed, Refused(waiting, new ContactCommand.Close(hanako)));
        var contact = After(waiting, new ContactCommand.Claim("hanako"));
        Assert.Equal(ContactRefusal.WithAnotherAgent, Refused(contact, new ContactCommand.Close(taro)));
        Assert.False(After(contact, new ContactCommand.Close(hanako)).IsOpen);
    }

    [Fact]
    public void A_conversation_is_rated_once_it_has_ended_from_one_to_five()
    {
        var open = After(null, Asks("1"));
        Assert.Equal(ContactRefusal.StillOpen, Refused(open, new ContactCommand.Rate(5)));
        var closed = After(open, new ContactCommand.Close(customer));
        Assert.Equal(ContactRefusal.InvalidRating, Refused(closed, new ContactCommand.Rate(0)));
        Assert.Equal(ContactRefusal.InvalidRating, Refused(closed, new ContactCommand.Rate(6)));
        Assert.Equal(5, After(closed, new ContactCommand.Rate(5)).Stars);
        Assert.Empty(Accepted(After(closed, new ContactCommand.Rate(5)), new ContactCommand.Rate(5)));
        for (var count = 0; count < ContactLimits.RatingCountMax; count++)
            closed = After(closed, new ContactCommand.Rate(1 + count % 2));
        Assert.Equal(ContactRefusal.TooManyRatings, Refused(closed, new ContactCommand.Rate(3)));
    }

    [Fact]
    public void A_promised_answer_that_does_not_come_is_apologised_for_and_promised_again()
    {
        var contact = After(null, Asks("1", ContactWay.Mail, now + TimeSpan.FromHours(4)));
        Assert.Equal(now + TimeSpan.FromHours(4), ContactDecider.AlarmOf(contact, policy));
        Assert.Empty(Accepted(contact, new ContactCommand.Wake(), now + TimeSpan.FromHours(4) - TimeSpan.FromMilliseconds(1)));
        var late = After(contact, new ContactCommand.Wake(), now + TimeSpan.FromHours(4));
        Assert.Equal((1, now + TimeSpan.FromHours(8)), (late.ApologyCount, late.PromisedBy));
        var answered = After(After(late, new ContactCommand.Claim("hanako")), Says(hanako, "a"));
        Assert.Null(answered.PromisedBy);
    }

    [Fact]
    public void An_agent_who_lets_a_customer_wait_too_long_gives_the_contact_back()
    {
        var contact = After(After(null, Asks("1")), new ContactCommand.Claim("hanako"));
        var due = now + policy.Patience;
        Assert.Equal(due, ContactDecider.AlarmOf(contact, policy));
        Assert.Collection(
            Accepted(contact, new ContactCommand.Wake(), due),
            fact => Assert.IsType<ContactFact.HandedBack>(fact),
            fact => Assert.IsType<ContactFact.Apologised>(fact)
        );
    }

    [Fact]
    public void An_answer_that_nobody_has_seen_on_the_page_goes_by_mail_once()
    {
        var answered = After(After(After(null, Asks("1")), new ContactCommand.Claim("hanako")), Says(hanako, "a"));
        var due = now + policy.MailAnswerAfter;
        Assert.Equal(due, ContactDecider.AlarmOf(answered, policy));
        Assert.Empty(Accepted(answered, new ContactCommand.Wake(), due - TimeSpan.FromMilliseconds(1)));
        Assert.IsType<ContactFact.AnswerMailed>(Assert.Single(Accepted(answered, new ContactCommand.Wake(), due)));
        var mailed = After(answered, new ContactCommand.Wake(), due);
        Assert.Single(mailed.Letters);
        Assert.Empty(Accepted(mailed, new ContactCommand.Wake(), due));
        var seen = ContactDecider.Decide(answered, new ContactCommand.Wake(), policy, CustomerPresence.Here, due);
        Assert.IsType<ContactFact.AnswerShown>(Assert.Single(Assert.IsType<ContactDecision.Accepted>(seen).Facts));
    }

    [Fact]
    public void Whose_address_nobody_has_proved_is_sent_no_letter()
    {
        var asks = Asks("1", ContactWay.Mail, now + TimeSpan.FromHours(4)) with { Reach = ContactReach.PageAlone };
        var contact = After(After(After(null, asks), new ContactCommand.Claim("hanako")), Says(hanako, "a"));
        Assert.Equal(now + policy.IdleAfter, ContactDecider.AlarmOf(contact, policy));
        Assert.Equal(ContactRefusal.NoProvedAddress, Refused(contact, new ContactCommand.AskTranscript(customer, "letter")));
        Assert.Empty(After(contact, new ContactCommand.Close(hanako)).Letters);
        Assert.Empty(After(After(null, asks), new ContactCommand.Wake(), now + TimeSpan.FromHours(4)).Letters);
    }

    [Fact]
    public void A_conversation_in_which_nothing_is_open_ends_by_itself_after_a_day()
    {
        var answered = After(After(After(null, Asks("1")), new ContactCommand.Claim("hanako")), Says(hanako, "a"));
        answered = After(answered, new ContactCommand.Wake(), now + policy.MailAnswerAfter);
        Assert.Equal(now + policy.IdleAfter, ContactDecider.AlarmOf(answered, policy));
        var ended = After(answered, new ContactCommand.Wake(), now + policy.IdleAfter);
        Assert.Equal(new ContactStanding.Closed(Speaker.Shop.Instance, now + policy.IdleAfter), ended.Standing);
        Assert.Null(ContactDecider.AlarmOf(ended, policy));
    }

    [Fact]
    public void So_many_messages_and_transcripts_are_taken_and_no_more()
    {
        var contact = After(null, Asks("1"));
        for (var number = 2; number <= ContactLimits.MessageCountMax; number++)
            contact = After(contact, Says(customer, $"{number}"));
        Assert.Equal(ContactRefusal.TooManyMessages, Refused(contact, Says(customer, "one more")));
        for (var number = 0; number < ContactLimits.TranscriptCountMax; number++)
            contact = After(contact, new ContactCommand.AskTranscript(customer, $"letter-{number}"));
        contact = After(After(contact, new ContactCommand.CloseLetter("letter-0")), new ContactCommand.Close(customer));
        Assert.Empty(Accepted(contact, new ContactCommand.AskTranscript(customer, "letter-0")));
        Assert.Equal(ContactRefusal.TooManyTranscripts, Refused(contact, new ContactCommand.AskTranscript(customer, "one more")));
    }

    [Fact]
    public void What_is_known_of_a_number_is_there_with_its_message_and_once()
    {
        var asks = Asks("1") with
        {
            Message = new("1", MessageKind.Text, "document-1", new NoticeFinding.NotOurs(), new NoticeFinding.NotNow()),
        };
        var facts = Accepted(null, asks);
        Assert.Equal(
            [new(1, 2, new NoticeFinding.NotOurs(), now), new(2, 2, new NoticeFinding.NotNow(), now)],
            facts.OfType<ContactFact.NoticeJudged>()
        );
        var contact = facts.Aggregate((Contact?)null, (state, fact) => Contact.Evolve(state, fact));
        Assert.Empty(Accepted(contact, asks));
    }

    [Fact]
    public void A_mail_that_a_customer_brought_waits_for_an_answer_like_a_question_and_is_there_once()
    {
        var contact = After(After(After(null, Asks("1")), new ContactCommand.Claim("hanako")), Says(hanako, "1"));
        Assert.Null(contact.UnansweredSince);
        var brought = After(contact, new ContactCommand.BringMail(customer, "2", MailFinding.NotGenuine));
        Assert.Equal(now, brought.UnansweredSince);
        Assert.Empty(Accepted(brought, new ContactCommand.BringMail(customer, "2", MailFinding.Genuine)));
        var closed = After(brought, new ContactCommand.Close(hanako));
        Assert.Equal(ContactRefusal.ContactClosed, Refused(closed, new ContactCommand.BringMail(customer, "3", MailFinding.NotGenuine)));
    }

    [Fact]
    public void Only_the_agent_who_has_it_shows_an_order_and_the_same_again_shows_it_once()
    {
        var show = new ContactCommand.ShowOrder("hanako", "1", new("order-1"));
        var waiting = After(null, Asks("1"));
        Assert.Equal(ContactRefusal.NotClaimed, Refused(waiting, show));
        var contact = After(waiting, new ContactCommand.Claim("hanako"));
        Assert.Equal(ContactRefusal.WithAnotherAgent, Refused(contact, show with { Agent = "taro" }));
        Assert.Empty(Accepted(After(contact, show), show));
    }

    [Fact]
    public void Nobody_reaches_a_contact_by_its_name_alone()
    {
        var contact = After(null, Asks("1"));
        Assert.Equal(ContactRefusal.NoSuchContact, Refused(contact, Asks("2") with { Owner = "somebody else" }));
        Assert.Equal(ContactRefusal.NoSuchContact, Refused(null, new ContactCommand.Claim("hanako")));
    }

    [Fact]
    public void Whatever_is_asked_in_whatever_order_each_message_is_there_once_and_every_wait_has_its_alarm()
    {
        var command = Gen.OneOf<ContactCommand>(
            Gen.Int[1, 9].Select(id => (ContactCommand)Asks($"{id}")),
            Gen.Int[1, 9].Select(id => (ContactCommand)Says(customer, $"{id}")),
            Gen.Int[1, 9].Select(id => (ContactCommand)Says(hanako, $"{id}")),
            Gen.Int[1, 9].Select(id => (ContactCommand)Says(taro, $"{id}", MessageKind.Note)),
            Gen.Int[1, 9].Select(id => (ContactCommand)AsksByMail($"{id}", id % 2 == 0 ? SenderProof.Proved : SenderProof.Unproved)),
            Gen.OneOf(Gen.Const("hanako"), Gen.Const("taro")).Select(agent => (ContactCommand)new ContactCommand.Claim(agent)),
            Gen.OneOf(Gen.Const("hanako"), Gen.Const("taro")).Select(agent => (ContactCommand)new ContactCommand.HandBack(agent)),
            Gen.OneOf(Gen.Const(customer), Gen.Const(hanako), Gen.Const(taro)).Select(by => (ContactCommand)new ContactCommand.Close(by)),
            Gen.Int[1, 9].Select(id => (ContactCommand)new ContactCommand.BringMail(customer, $"{id}", MailFinding.CannotTell)),
            Gen.Int[1, 9].Select(id => (ContactCommand)new ContactCommand.ShowOrder("hanako", $"{id}", new("order-1"))),
            Gen.Const((ContactCommand)new ContactCommand.HandOver("hanako", "taro")),
            Gen.Const((ContactCommand)new ContactCommand.Wake()),
            Gen.Int[0, 6].Select(stars => (ContactCommand)new ContactCommand.Rate(stars)),
            Gen.Int[1, 3].Select(letter => (ContactCommand)new ContactCommand.AskTranscript(customer, $"{letter}")),
            Gen.Int[1, 3].Select(letter => (ContactCommand)new ContactCommand.CloseLetter($"{letter}"))
        );
        Gen.Select(command, Gen.Int[0, 2_000_000])
            .List[1, 60]
            .Sample(
                steps =>
                {
                    Contact? contact = null;
                    var (at, names) = (now, new HashSet<string>());
                    foreach (var (asked, laterMs) in steps)
                    {
                        at += TimeSpan.FromMilliseconds(laterMs);
                        if (
                            ContactDecider.Decide(contact, asked, policy, CustomerPresence.Away, at)
                            is not ContactDecision.Accepted accepted
                        )
                        {
                            continue;
                        }
                        foreach (var fact in accepted.Facts)
                        {
                            var before = contact;
                            contact = Contact.Evolve(contact, fact);
                            if (fact is ContactFact.Claimed)
                                Assert.Null(before!.Agent);
                            if (fact is ContactFact.Said said)
                            {
                                Assert.True(contact.IsOpen);
                                Assert.True(names.Add(Contact.NameOf(said.By, said.ClientId)));
                            }
                        }
                        // The same again changes nothing, unless it is a wake that is due at once again.
                        if (asked is not (ContactCommand.Wake or ContactCommand.HandBack or ContactCommand.HandOver) && contact is not null)
                        {
                            Assert.True(
                                ContactDecider.Decide(contact, asked, policy, CustomerPresence.Away, at)
                                    is ContactDecision.Accepted { Facts.Count: 0 }
                            );
                        }
                        if (contact is { IsOpen: true })
                            Assert.NotNull(ContactDecider.AlarmOf(contact, policy));
                    }
                },
                iter: Walks.Times(2_000)
            );
    }

    [Fact]
    public void Who_writes_by_mail_is_promised_a_time_and_told_once_that_it_arrived()
    {
        var opened = Accepted(null, AsksByMail("1"));
        Assert.Collection(
            opened,
            fact => Assert.Equal(now + TimeSpan.FromHours(4), Assert.IsType<ContactFact.Opened>(fact).PromisedBy),
            fact => Assert.Equal(SenderProof.Proved, Assert.IsType<ContactFact.Said>(fact).Mail!.Sender),
            fact => Assert.IsType<ContactFact.Acknowledged>(fact)
        );
        var asked = After(null, AsksByMail("1"));
        Assert.Empty(Accepted(asked, AsksByMail("1")));
        Assert.IsType<ContactFact.Said>(Assert.Single(Accepted(asked, AsksByMail("2"))));
        Assert.Equal(["acknowledgement"], asked.Letters);

        var answered = After(After(asked, new ContactCommand.Claim("hanako")), Says(hanako, "a"));
        Assert.Collection(
            Accepted(answered, AsksByMail("3")),
            fact => Assert.IsType<ContactFact.Said>(fact),
            fact => Assert.Equal(now + TimeSpan.FromHours(4), Assert.IsType<ContactFact.Promised>(fact).PromisedBy)
        );
        var closed = After(answered, new ContactCommand.Close(customer));
        Assert.DoesNotContain(Accepted(closed, AsksByMail("4")), fact => fact is ContactFact.Acknowledged);
    }

    [Fact]
    public void A_mail_into_a_chat_that_was_answered_waits_for_the_promised_time_and_not_for_the_patience_of_a_page()
    {
        var chat = After(After(After(null, Asks("1")), new ContactCommand.Claim("hanako")), Says(hanako, "a"));
        var mailed = After(chat, AsksByMail("2"));
        Assert.Equal(now + policy.MailAnswerAfter, ContactDecider.AlarmOf(mailed, policy));
        var shown = After(mailed, new ContactCommand.Wake(), now + policy.MailAnswerAfter);
        Assert.Equal(now + TimeSpan.FromHours(4), ContactDecider.AlarmOf(shown, policy));
        Assert.Equal("hanako", shown.Agent);
    }

    [Fact]
    public void An_answer_that_a_mail_crossed_is_mailed_all_the_same_though_the_page_is_open()
    {
        var crossed = After(After(After(After(null, Asks("1")), new ContactCommand.Claim("hanako")), Says(hanako, "a")), AsksByMail("2"));
        var woken = ContactDecider.Decide(crossed, new ContactCommand.Wake(), policy, CustomerPresence.Here, now + policy.MailAnswerAfter);
        Assert.IsType<ContactFact.AnswerMailed>(Assert.Single(Assert.IsType<ContactDecision.Accepted>(woken).Facts));
    }

    [Fact]
    public void A_sender_whom_nothing_proves_is_told_nothing_by_the_shop_itself()
    {
        var asks = AsksByMail("1", SenderProof.Unproved) with { Reach = ContactReach.PageAndAnswers };
        var asked = After(null, asks);
        Assert.Empty(asked.Letters);
        Assert.Equal(ContactRefusal.NoProvedAddress, Refused(asked, new ContactCommand.AskTranscript(hanako, "t")));
        var late = After(asked, new ContactCommand.Wake(), now + TimeSpan.FromHours(4));
        Assert.Equal((1, 0), (late.ApologyCount, late.Letters.Length));
        var answered = After(After(late, new ContactCommand.Claim("hanako")), Says(hanako, "a"));
        var mailed = After(answered, new ContactCommand.Wake(), now + TimeSpan.FromHours(5));
        Assert.Equal("answer-2", Assert.Single(mailed.Letters));
        Assert.Equal(["answer-2"], After(mailed, new ContactCommand.Close(hanako)).Letters);
    }

    [Fact]
    public void A_stranger_s_mails_do_not_use_up_the_contact_of_the_customer()
    {
        var contact = After(null, AsksByMail("first"));
        for (var count = 0; count < ContactLimits.UnprovedCountMax; count++)
            contact = After(contact, AsksByMail($"{count}", SenderProof.Unproved));
        Assert.Equal(ContactRefusal.TooManyMessages, Refused(contact, AsksByMail("more", SenderProof.Unproved)));
        Assert.Empty(Accepted(contact, AsksByMail("0", SenderProof.Unproved)));
        Assert.NotEmpty(Accepted(contact, AsksByMail("hers")));
        Assert.NotEmpty(Accepted(contact, Says(customer, "hers")));
    }

    private static ContactCommand.Ask AsksByMail(string id, SenderProof proof = SenderProof.Proved) =>
        new(
            "owner",
            Locale.Ja,
            ContactWay.Mail,
            ContactReach.PageAndMail,
            null,
            now + TimeSpan.FromHours(4),
            new($"mail-{id}", MessageKind.Text, $"document-mail-{id}") { Mail = new(proof, 0) }
        )
        {
            Acknowledgement = Acknowledgement.Letter,
        };

    private static ContactCommand.Ask Asks(string id, ContactWay way = ContactWay.Chat, DateTimeOffset? promisedBy = null) =>
        new("owner", Locale.Ja, way, ContactReach.PageAndMail, null, promisedBy, new(id, MessageKind.Text, $"document-{id}"));

    private static ContactCommand.Say Says(Speaker by, string id, MessageKind kind = MessageKind.Text) =>
        new(by, new(id, kind, $"document-{id}"));

    private static Contact After(Contact? contact, ContactCommand command, DateTimeOffset? at = null) =>
        Accepted(contact, command, at).Aggregate(contact, (state, fact) => Contact.Evolve(state, fact))!;

    private static IReadOnlyList<ContactFact> Accepted(Contact? contact, ContactCommand command, DateTimeOffset? at = null) =>
        Assert.IsType<ContactDecision.Accepted>(ContactDecider.Decide(contact, command, policy, CustomerPresence.Away, at ?? now)).Facts;

    private static ContactRefusal Refused(Contact? contact, ContactCommand command) =>
        Assert.IsType<ContactDecision.Refused>(ContactDecider.Decide(contact, command, policy, CustomerPresence.Away, now)).Why;
}
