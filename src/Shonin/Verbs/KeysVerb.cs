using System.CommandLine;
using System.Globalization;
using Shonin.Operations;

namespace Shonin.Verbs;

/// <summary><c>shonin keys create|list|revoke</c>: who may use the REST interface.</summary>
internal static class KeysVerb
{
    private static readonly string scopeNames = string.Join(", ", Enum.GetNames<Scope>().Select(name => name.ToLowerInvariant()));

    private sealed record KeyResult(
        string Id,
        string Name,
        IReadOnlyList<Scope> Scopes,
        DateTimeOffset CreatedAt,
        DateTimeOffset? RevokedAt
    );

    public static Command Command(VerbContext context)
    {
        var data = DataFolderOption.New();
        data.Recursive = true;
        return new Command("keys", "Makes, lists and revokes API keys. A running server notices at once.")
        {
            data,
            Create(context, data),
            List(context, data),
            Revoke(context, data),
        };
    }

    private static Command Create(VerbContext context, Option<string?> data)
    {
        var name = new Option<string>("--name")
        {
            Description = "Who uses the key, for your lists.",
            HelpName = "NAME",
            Required = true,
        };
        var scope = new Option<string>("--scope")
        {
            Description = $"What it may do, with commas: {scopeNames}.",
            HelpName = "SCOPES",
            Required = true,
        };
        var json = JsonOption.New();
        var command = new Command("create", "Makes a key and prints it once; only its hash is kept.") { name, scope, json };
        command.SetAction(parsed => InFolder(context, parsed, data, keys => ParseScopes(parsed.GetValue(scope)!) switch
                {
                    Reading<IReadOnlyList<Scope>, string>.Read(var scopes) => keys.Create(parsed.GetValue(name)!, scopes) switch
                    {
                        Reading<(string Secret, ApiKey Key), string>.Read(var made) => Print(made.Secret, made.Key, parsed.GetValue(json)),
                        Reading<(string Secret, ApiKey Key), string>.Refused(var why) => context.Terminal.Refuse(ExitCode.BadUsage, why),
                        _ => throw new System.Diagnostics.UnreachableException(),
                    },
                    Reading<IReadOnlyList<Scope>, string>.Refused(var why) => context.Terminal.Refuse(ExitCode.BadUsage, why),
                    _ => throw new System.Diagnostics.UnreachableException(),
                }));
        return command;

        ExitCode Print(string secret, ApiKey key, bool asJson)
        {
            if (asJson)
            {
                context.Terminal.WriteJson(
                    new
                    {
                        key = secret,
                        id = key.Id,
                        name = key.Name,
                        scopes = key.Scopes,
                    }
                );
            }
            else
            {
                context.Terminal.Out.WriteLine(
                    $"{secret}{Environment.NewLine}This is {key.Id} ({key.Name}). Keep it now: it is not shown again."
                );
            }

            return ExitCode.Done;
        }
    }

    private static Command List(VerbContext context, Option<string?> data)
    {
        var json = JsonOption.New();
        var command = new Command("list", "Lists the keys, without their secrets.") { json };
        command.SetAction(parsed => InFolder(context, parsed, data, folder =>
            {
                var keys = folder.List();
                if (parsed.GetValue(json))
                {
                    context.Terminal.WriteJson(new { keys = keys.Select(Result) });
                }
                else if (keys.Count == 0)
                {
                    context.Terminal.Out.WriteLine(
                        "There are no keys yet. To make one: shonin keys create --name NAME --scope orders,cards"
                    );
                }

                foreach (var key in parsed.GetValue(json) ? [] : keys)
                {
                    context.Terminal.Out.WriteLine(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{key.Id}  {key.Name}  {string.Join(',', key.Scopes).ToLowerInvariant()}  made {key.CreatedAt:yyyy-MM-dd HH:mm}Z{(key.RevokedAt is { } at ? $"  revoked {at:yyyy-MM-dd HH:mm}Z" : "")}"
                        )
                    );
                }

                return ExitCode.Done;
            }));
        return command;
    }

    private static Command Revoke(VerbContext context, Option<string?> data)
    {
        var key = new Argument<string>("key") { Description = "The key's id, or its name where only one bears it.", HelpName = "ID|NAME" };
        var json = JsonOption.New();
        var command = new Command("revoke", "Revokes a key at once.") { key, json };
        command.SetAction(parsed => InFolder(context, parsed, data, keys =>
            {
                switch (keys.Revoke(parsed.GetValue(key)!))
                {
                    case Reading<ApiKey, string>.Read(var revoked):
                        if (parsed.GetValue(json))
                            context.Terminal.WriteJson(Result(revoked));
                        else
                            context.Terminal.Out.WriteLine($"{revoked.Id} ({revoked.Name}) is revoked.");
                        return ExitCode.Done;
                    case Reading<ApiKey, string>.Refused(var why):
                        return context.Terminal.Refuse(ExitCode.BadUsage, why);
                    default:
                        throw new System.Diagnostics.UnreachableException();
                }
            }));
        return command;
    }

    private static int InFolder(VerbContext context, ParseResult parsed, Option<string?> data, Func<ApiKeys, ExitCode> run) =>
        (int)(
            DataFolderOption.Existing(context, parsed, data) switch
            {
                Reading<string, string>.Read(var folder) => run(new(folder, TimeProvider.System)),
                Reading<string, string>.Refused(var why) => context.Terminal.Refuse(ExitCode.UnreadableInput, why),
                _ => throw new System.Diagnostics.UnreachableException(),
            }
        );

    private static KeyResult Result(ApiKey key) => new(key.Id, key.Name, key.Scopes, key.CreatedAt, key.RevokedAt);

    private static Reading<IReadOnlyList<Scope>, string> ParseScopes(string text)
    {
        var scopes = new List<Scope>();
        foreach (var name in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (
                Enum.GetValues<Scope>().Where(scope => string.Equals(scope.ToString(), name, StringComparison.OrdinalIgnoreCase)).ToArray()
                is not [var known]
            )
            {
                return new Reading<IReadOnlyList<Scope>, string>.Refused($"there is no scope {name}; the scopes are {scopeNames}.");
            }

            scopes.Add(known);
        }
        return scopes.Count == 0
            ? new Reading<IReadOnlyList<Scope>, string>.Refused($"--scope names no scope; the scopes are {scopeNames}.")
            : new Reading<IReadOnlyList<Scope>, string>.Read(scopes);
    }
}
