using Shonin.Contacts;
using Shonin.Domain.Contacts;
using Shonin.Domain.Proofs;
using Shonin.Web;

namespace Shonin.Specs.Contacts;

public sealed class ReplyAddressSpecs
{
    private static readonly NoticeMarkKey older = new("20261101", [.. Enumerable.Repeat((byte)1, NoticeMarkKey.SizeBytes)]);
    private static readonly NoticeMarkKey newer = new("20261124", [.. Enumerable.Repeat((byte)2, NoticeMarkKey.SizeBytes)]);
    private static readonly ContactId contact = ContactId.Of(new("0193aaaabbbbccccddddeeeeffff0001"));
    private static readonly ContactId other = ContactId.Of(new("0193aaaabbbbccccddddeeeeffff0002"));
    private static readonly ReplyAddress replies = new(MailAddress.Read("help@shop.example.jp")!, new(older, newer));

    private static string Address => replies.Of(contact)!;

    [Fact]
    public void An_answer_names_its_contact_whatever_a_relay_does_to_capitals() =>
        Assert.All([Address, Address.ToUpperInvariant()], address =>
            Assert.Equal(new ReplyAddressReading.Ours(contact), replies.Read(["taro@example.com", address]))
        );

    [Fact]
    public void What_a_former_key_made_is_known_still() =>
        Assert.Equal(
            new ReplyAddressReading.Ours(contact),
            replies.Read([new ReplyAddress(MailAddress.Read("help@shop.example.jp")!, new(older)).Of(contact)!])
        );

    [Theory]
    [InlineData("help@shop.example.jp")]
    [InlineData("help+o-0193aaaabbbbccccddddeeeeffff0001@shop.example.jp")]
    [InlineData("help+o-0193aaaabbbbccccddddeeeeffff0001-aaaaaaaaaa@shop.example.jp")]
    [InlineData("HELP+anything@SHOP.example.jp")]
    public void Without_a_code_of_ours_it_is_the_help_address_alone(string address) =>
        Assert.IsType<ReplyAddressReading.Uncoded>(replies.Read([address]));

    [Fact]
    public void The_code_of_one_contact_opens_no_other_and_that_of_a_return_path_none()
    {
        var code = Address[(Address.LastIndexOf('-') + 1)..];
        Assert.IsType<ReplyAddressReading.Uncoded>(replies.Read([$"help+{other}-{code}"]));
        Assert.IsType<ReplyAddressReading.Uncoded>(replies.Read([$"help+{contact}-{newer.ReturnCodeOf(contact.Value)}@shop.example.jp"]));
    }

    [Theory]
    [InlineData("help@other.example.jp")]
    [InlineData("helper@shop.example.jp")]
    [InlineData("help")]
    public void Another_address_is_not_ours(string address) => Assert.IsType<ReplyAddressReading.NotOurs>(replies.Read([address]));

    [Fact]
    public void The_longest_help_address_has_room_for_an_order()
    {
        var longest = new ReplyAddress(MailAddress.Read($"{new string('h', ReplyAddress.LocalLengthMax)}@shop.example.jp")!, new(newer));
        Assert.NotNull(longest.Of(contact));
        Assert.Null(
            new ReplyAddress(MailAddress.Read($"{new string('h', ReplyAddress.LocalLengthMax + 1)}@s.example")!, new(newer)).Of(contact)
        );
    }
}
