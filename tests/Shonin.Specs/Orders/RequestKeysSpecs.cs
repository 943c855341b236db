using Microsoft.Extensions.Primitives;
using Shonin.Orders;
using Shonin.Web;

namespace Shonin.Specs.Orders;

public sealed class RequestKeysSpecs
{
    public static TheoryData<string[], string?> Headers =>
        new()
        {
            { ["order-1"], null },
            { ["one,two"], null },
            { [new string('k', 255)], null },
            { [], "idempotencyKeyMissing" },
            { [""], "idempotencyKeyMissing" },
            { [new string('k', 256)], "malformed" },
            { ["order 1"], "malformed" },
            { ["注文1"], "malformed" },
            { ["one", "two"], "malformed" },
            { ["one", "one"], "malformed" },
        };

    [Theory]
    [MemberData(nameof(Headers))]
    public void A_request_has_one_key_of_printable_letters(string[] sent, string? refused) =>
        Assert.Equal(refused, RequestKeys.Check(new StringValues(sent)) is { } problem ? ApiJson.Camel(problem.Code) : null);
}
