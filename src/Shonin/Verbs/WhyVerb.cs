using System.CommandLine;
using Microsoft.Data.Sqlite;
using Shonin.Domain.Notices;
using Shonin.EventLog;
using Shonin.EventLog.Secrets;
using Shonin.EventLog.Sqlite;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Timelines;
using Shonin.Orders;
using Shonin.Settings;

namespace Shonin.Verbs;

/// <summary><c>shonin why ORDER</c>: why an order stands where it stands; reads the data folder, also beside a running server.</summary>
internal static class WhyVerb
{
    public static Command Command(VerbContext context)
    {
        var order = new Argument<string>("order") { Description = "The order's number, or its id.", HelpName = "ORDER" };
        var reader = new Option<string>("--for")
        {
            Description = "Who reads: each may know something else.",
            HelpName = "customer|agent|card-company",
            DefaultValueFactory = _ => "customer",
        };
        reader.AcceptOnlyFromAmong("customer", "agent", "card-company");
        var lang = LangOption.New(context, "The language");
        var json = JsonOption.New();
        var command = new SettingsCommand("why", "Says why an order stands where it stands.", context) { order, reader, lang, json };
        command.Run(
            async (settings, parsed, cancellation) =>
            {
                var files = new LogFiles(settings.Of(KnownSettings.StorageFolder), Composition.LogName);
                try
                {
                    await using var log = await SqliteEventStore.OpenReadOnlyAsync(files, cancellation);
                    if (await OrderReader.FindAsync(log, parsed.GetValue(order)!, cancellation) is not { } record)
                    {
                        return context.Terminal.Refuse(
                            ExitCode.CannotTell,
                            $"{files.Database} has no order {parsed.GetValue(order)}; give its number (N1001) or its id."
                        );
                    }

                    var (audience, locale) = (
                        OrderReads.AudienceOf(parsed.GetValue(reader)!)!.Value,
                        OrderRequests.LocaleOf(parsed.GetValue(lang)!)!.Value
                    );
                    var evidence = settings.CardCompanyExport() is { } export
                        ? Shonin.Orders.FetchedRecord.Read(
                            Path.Combine(files.Folder, Shonin.Orders.FetchedRecord.FileName),
                            export,
                            record.Order
                        )
                        : null;
                    var around = new Surroundings(
                        Timeline.RecordOf(record, evidence),
                        await OrderFamilies.OfAsync(log, record.Order, cancellation)
                    );
                    var time = new SpokenTime(settings.Of(KnownSettings.MerchantTimeZone));
                    var text = WhyWording
                        .Explain(audience, record.Order, record.History, time, TimeProvider.System.GetUtcNow(), around)
                        .In(locale);
                    if (parsed.GetValue(json))
                        context.Terminal.WriteJson(new WhyView(audience, locale, text));
                    else
                        context.Terminal.Out.Write(text);
                    return ExitCode.Done;
                }
                catch (Exception unusable)
                    when (unusable
                            is LogUnusableException
                                or KeyFileException
                                or SqliteException
                                or IOException
                                or UnauthorizedAccessException
                                or ArgumentException
                    )
                {
                    return context.Terminal.Refuse(ExitCode.UnreadableInput, unusable.Message);
                }
            }
        );
        return command;
    }
}
