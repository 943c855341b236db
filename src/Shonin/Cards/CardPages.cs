using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using Shonin.CardNetwork.Vault;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Orders;
using Shonin.Web;

namespace Shonin.Cards;

/// <summary>
/// Changing the card. The form's address is the vault's: what it brings is read by the card intake alone, and this code sees a token.
/// Of what was typed, number and security code never come back in a page.
/// </summary>
internal sealed class CardPages(CardVault vault, CardIntake intake, OrderAccess access)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/o/{accessKey}/card", ShowAsync);
        routes.MapPost("/vault/o/{accessKey}/card", ChangeAsync);
        routes.MapGet("/vault/o/{accessKey}/card", (HttpContext http, string accessKey) =>
            See.Other(PageFaults.ContextOf(http, "/").To($"/o/{Uri.EscapeDataString(accessKey)}/card"))
        );
    }

    private async Task<IResult> ShowAsync(HttpContext http, string accessKey)
    {
        var (opened, fault) = await access.OpenAsync(http, accessKey, "/card");
        return opened is null ? fault! : await PageAsync(http, opened, StatusCodes.Status200OK, []);
    }

    private async Task<IResult> ChangeAsync(HttpContext http, string accessKey)
    {
        var (opened, fault) = await access.OpenAsync(http, accessKey, "/card");
        if (opened is null)
            return fault!;
        if (await OrderAccess.ReadBodyAsync(http) is not { } body)
            return PageFaults.TooLarge(http);
        try
        {
            switch (intake.ParseForm(body))
            {
                case CardReading.Refused refused:
                    return await PageAsync(
                        http,
                        opened,
                        StatusCodes.Status422UnprocessableEntity,
                        [.. refused.Refusals.Select(refusal => CardTroubles.Of(refusal.Fault))],
                        OrderAccess.Typed(FieldsOf(refused.Others), refused.TypedExpiry)
                    );
                case CardReading.Accepted accepted:
                    using (accepted.Card)
                        return await StoreAsync(http, opened, accepted);
                default:
                    throw new UnreachableException();
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    private async Task<IResult> StoreAsync(HttpContext http, OpenedOrder opened, CardReading.Accepted entered)
    {
        var fields = FieldsOf(entered.Others);
        switch (await access.ReadAsync(http, opened, fields))
        {
            case FormReading.Refused refused:
                return await PageAsync(
                    http,
                    opened,
                    StatusCodes.Status422UnprocessableEntity,
                    [refused.Trouble, CardTroubles.TypeAgain],
                    OrderAccess.Typed(fields, entered.Card.Expiry.Printed)
                );
            case FormReading.Failed failed:
                return failed.Page;
            case FormReading.Accepted form:
                try
                {
                    // A form sent twice stores the card twice and changes the order once: the second token is never used.
                    var card = await vault.StoreAsync(entered.Card, http.RequestAborted);
                    return await access.SubmitAsync(http, opened, new OrderCommand.ChangeCard(form.Request, card), async trouble =>
                        await PageAsync(http, opened, StatusCodes.Status409Conflict, [trouble])
                    ) ?? See.Order(opened);
                }
                catch (VaultUnavailableException)
                {
                    return PageFaults.Unavailable(http, TimeSpan.FromMinutes(1));
                }
            default:
                throw new UnreachableException();
        }
    }

    private async Task<IResult> PageAsync(
        HttpContext http,
        OpenedOrder opened,
        int statusCode,
        ImmutableArray<PageTrouble> troubles,
        TypedFields? typed = null
    )
    {
        var screen = await access.ScreenAsync(opened, http.RequestAborted);
        return new PageResult<CardPage, CardModel>(
            new(opened.Context, screen, opened.AccessKey, access.NewForm(opened), troubles) { Typed = typed ?? TypedFields.None },
            statusCode
        );
    }

    private static Dictionary<string, string> FieldsOf(IReadOnlyList<KeyValuePair<string, string>> others)
    {
        var fields = new Dictionary<string, string>();
        foreach (var (name, value) in others)
            fields.TryAdd(name, value);
        return fields;
    }
}

/// <summary>What was wrong with a card's form, in the customer's words, without a digit of it.</summary>
internal static class CardTroubles
{
    public static Words SecurityCode { get; } =
        new(
            "セキュリティコードは、カードに印刷された3桁(American Express は4桁)の数字です。",
            "The security code is the 3 digits printed on the card (4 on American Express)."
        );

    /// <summary>Number and code are never put back, and nobody should wonder where they went.</summary>
    public static PageTrouble TypeAgain { get; } =
        new(
            new(
                "カード番号とセキュリティコードは、安全のため消しました。もう一度入れてください。",
                "For your safety we cleared the card number and the security code. Please enter them again."
            ),
            "number"
        );

    public static PageTrouble Of(CardFault fault) =>
        fault switch
        {
            CardFault.NumberMissing => new(new("カード番号を入れてください。", "Enter the card number."), "number"),
            CardFault.NumberNotText or CardFault.NumberNotDigits => new(
                new("カード番号は、数字だけで入れてください。", "Enter the card number as digits only."),
                "number"
            ),
            CardFault.NumberWrongLength => new(
                new("カード番号の桁数が違います。", "The card number has too few or too many digits."),
                "number"
            ),
            CardFault.NumberWrongCheckDigit => new(
                new(
                    "カード番号のどこかが違います。カードと見比べてください。",
                    "A digit of the card number is wrong. Please compare it with the card."
                ),
                "number"
            ),
            CardFault.ExpiryMissing => new(new("有効期限を入れてください。", "Enter the expiry date."), "expiry"),
            CardFault.ExpiryNotText or CardFault.ExpiryMalformed => new(
                new(
                    "有効期限は、カードのとおり 月/年 (例 08/29) で入れてください。",
                    "Enter the expiry date as on the card: month/year, as in 08/29."
                ),
                "expiry"
            ),
            CardFault.ExpiryPast => new(
                new("このカードは有効期限を過ぎています。別のカードをお使いください。", "This card has expired. Please use another one."),
                "expiry"
            ),
            CardFault.SecurityCodeMissing => new(new("セキュリティコードを入れてください。", "Enter the security code."), "security-code"),
            CardFault.SecurityCodeNotText or CardFault.SecurityCodeMalformed => new(SecurityCode, "security-code"),
            CardFault.HolderNotText or CardFault.HolderMalformed => new(
                new("お名前が長すぎるか、使えない文字があります。", "The name is too long, or has a letter that can't be used."),
                null
            ),
            CardFault.BodyTooLarge
            or CardFault.BodyMalformed
            or CardFault.FieldRepeated
            or CardFault.UnknownField
            or CardFault.CardNotWelcome => new(
                new(
                    "送られた内容を読めませんでした。ページを開き直して、もう一度お試しください。",
                    "We couldn't read what was sent. Please open the page again and try once more."
                ),
                null
            ),
        };
}
