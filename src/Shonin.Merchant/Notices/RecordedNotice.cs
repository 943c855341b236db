using System.Text.Json;
using Shonin.Domain.Proofs;
using Shonin.Merchant.Orders;

namespace Shonin.Merchant.Notices;

/// <summary>
/// What stands beside a notice's unique key, durable before its mail leaves: enough to know that mail again, and nothing that tells
/// whom it went to or what it said. It stays when the customer is erased.
/// </summary>
/// <param name="Key">The id of the key that marked it.</param>
/// <param name="QueuedAt">Unix time in seconds, as the mark binds it.</param>
internal sealed record RecordedNotice(string Key, long QueuedAt, string Recipient, string Content, string Links)
{
    public static RecordedNotice Of(NoticeImprint imprint, NoticeMarkKey key) =>
        new(key.Id, imprint.QueuedAt.ToUnixTimeSeconds(), imprint.Recipient.Text, imprint.Content.Text, imprint.Links.Text);

    public NoticeImprint ImprintOf(string noticeId) =>
        new(noticeId, DateTimeOffset.FromUnixTimeSeconds(QueuedAt), new(Recipient), new(Content), new(Links));

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, OrderEventJson.Default.RecordedNotice);

    /// <summary>
    /// Null where nothing was recorded: the notice is older than the marks, or its customer was erased before it could be written.
    /// </summary>
    public static RecordedNotice? Read(ReadOnlyMemory<byte> content) =>
        content.IsEmpty ? null : JsonSerializer.Deserialize(content.Span, OrderEventJson.Default.RecordedNotice);
}
