using System.CommandLine;
using Shonin.Domain;

namespace Shonin.Verbs;

/// <summary><c>--lang</c>, on every verb that tells something in one of two languages.</summary>
internal static class LangOption
{
    /// <param name="what">What is told in it, at the beginning of a sentence.</param>
    public static Option<string> New(VerbContext context, string what)
    {
        var option = new Option<string>("--lang")
        {
            Description = $"{what}; without it that of LC_ALL, LC_MESSAGES or LANG.",
            HelpName = "ja|en",
            DefaultValueFactory = _ => Of(context.Terminal.Environment) == Locale.Ja ? "ja" : "en",
        };
        option.AcceptOnlyFromAmong("ja", "en");
        return option;
    }

    /// <summary>
    /// Japanese where the user's locale is (ja, ja_JP.UTF-8), else English. The first of the three that is set decides: POSIX.1-2024, XBD
    /// 8.2.
    /// </summary>
    internal static Locale Of(System.Collections.IDictionary environment)
    {
        foreach (var name in new[] { "LC_ALL", "LC_MESSAGES", "LANG" })
        {
            if (environment[name] is string { Length: > 0 } locale)
                return locale.Split('_', '.', '-', '@')[0].Equals("ja", StringComparison.OrdinalIgnoreCase) ? Locale.Ja : Locale.En;
        }

        return Locale.En;
    }
}
