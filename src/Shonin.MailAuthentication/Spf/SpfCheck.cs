using System.Diagnostics;
using Shonin.MailAuthentication.Dns;

namespace Shonin.MailAuthentication.Spf;

/// <summary>One run of check_host() with its includes and redirects, and the counts that they share.</summary>
internal sealed class SpfCheck(DnsLookup lookup, SpfOptions options, SpfClient client, DateTimeOffset now, CancellationToken cancellation)
{
    private const int ExplanationLengthMax = 2000; // A reply line of SMTP is far shorter; nobody reads more.
    private const int ExpandedNameLengthMax = 16 * 1024; // Above any name; bounds what a record full of macros may cost.
    private const int NameLengthMax = 253; // RFC 7208 section 7.3
    private const int LabelLengthMax = 63; // RFC 1035 section 2.3.4

    public int LookupCount { get; private set; }

    public int VoidLookupCount { get; private set; }

    /// <summary>check_host() for the session's own domain: a fail gets its explanation here.</summary>
    public async ValueTask<SpfOutcome> CheckHostAsync(string domain)
    {
        try
        {
            var (outcome, decidedBy) = await EvaluateAsync(domain);
            return outcome is SpfOutcome.Fail fail && decidedBy is not null
                ? fail with
                {
                    Explanation = await ExplainAsync(decidedBy),
                }
                : outcome;
        }
        catch (SpfStop stop)
        {
            return stop.Outcome;
        }
    }

    private async ValueTask<(SpfOutcome Outcome, PolicyAt? DecidedBy)> EvaluateAsync(string domain)
    {
        domain = domain.EndsWith('.') ? domain[..^1] : domain;
        if (!IsName(domain) || !domain.Contains('.', StringComparison.Ordinal))
        {
            return (new SpfOutcome.None($"\"{Shown(domain)}\" is no domain that could publish a policy."), null);
        }

        var policies = await PoliciesAsync(domain);
        if (policies.Count != 1)
        {
            return policies.Count == 0
                ? (new SpfOutcome.None($"{domain} publishes no SPF policy."), null)
                : (
                    new SpfOutcome.PermError($"{domain} publishes {policies.Count} SPF policies; one is allowed (RFC 7208 section 4.5)."),
                    null
                );
        }

        return SpfRecord.Parse(policies[0]) switch
        {
            SpfRecordParse.Malformed(var why) => (new SpfOutcome.PermError($"The policy of {domain} cannot be read: {why}"), null),
            SpfRecordParse.Parsed(var record) => await EvaluateAsync(new PolicyAt(domain, record)),
            _ => throw new UnreachableException(),
        };
    }

    private async ValueTask<(SpfOutcome Outcome, PolicyAt? DecidedBy)> EvaluateAsync(PolicyAt policy)
    {
        foreach (var directive in policy.Record.Directives)
        {
            if (await MatchesAsync(directive.Mechanism, policy.Domain))
            {
                return (OutcomeOf(directive), policy);
            }
        }

        if (policy.Record.Redirect is not { } redirect)
        {
            return (new SpfOutcome.Neutral("the end of the record"), policy);
        }

        CountLookup("redirect");
        var target = await ExpandAsync(redirect, policy.Domain);
        var (outcome, decidedBy) = await EvaluateAsync(target);
        return outcome is SpfOutcome.None
            ? (new SpfOutcome.PermError($"redirect={Shown(target)} leads to no policy (RFC 7208 section 6.1)."), null)
            : (outcome, decidedBy);
    }

    private SpfOutcome OutcomeOf(SpfDirective directive) =>
        directive.Qualifier switch
        {
            SpfQualifier.Pass => new SpfOutcome.Pass(directive.Text),
            SpfQualifier.Fail => new SpfOutcome.Fail(directive.Text, options.DefaultExplanation),
            SpfQualifier.SoftFail => new SpfOutcome.SoftFail(directive.Text),
            SpfQualifier.Neutral => new SpfOutcome.Neutral(directive.Text),
        };

    private async ValueTask<bool> MatchesAsync(SpfMechanism mechanism, string domain)
    {
        if (mechanism.Spec is { NeedsLocalPart: true } && !System.Text.Ascii.IsValid(client.LocalPart))
        {
            // RFC 8616 section 4: no name in DNS holds such a local part, so the term never matches.
            return false;
        }

        switch (mechanism)
        {
            case SpfMechanism.All:
                return true;
            case SpfMechanism.Network(var network, var prefix):
                return client.IsWithin(network, prefix);
            case SpfMechanism.Include(var spec):
                CountLookup("include");
                return await IncludesAsync(await ExpandAsync(spec, domain));
            case SpfMechanism.Exists(var spec):
                CountLookup("exists");
                return (await AskAsync(await ExpandAsync(spec, domain), DnsRecordType.A, VoidCounts.Once)).Count > 0;
            case SpfMechanism.A(var spec, var prefixes):
                CountLookup("a");
                return await HasAddressAsync(await ExpandOrAsync(spec, domain), prefixes, VoidCounts.Once);
            case SpfMechanism.Mx(var spec, var prefixes):
                CountLookup("mx");
                return await HasMailExchangeAsync(await ExpandOrAsync(spec, domain), prefixes);
            case SpfMechanism.Ptr(var spec):
                CountLookup("ptr");
                var target = await ExpandOrAsync(spec, domain);
                return (await ValidatedNamesAsync(VoidCounts.Once)).Exists(name => DomainName.IsEqualOrBelow(name, target));
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>RFC 7208 section 5.2: only a pass matches, and a policy that is missing or broken breaks this one.</summary>
    private async ValueTask<bool> IncludesAsync(string domain)
    {
        var (outcome, _) = await EvaluateAsync(domain);
        return outcome switch
        {
            SpfOutcome.Pass => true,
            SpfOutcome.Fail or SpfOutcome.SoftFail or SpfOutcome.Neutral => false,
            SpfOutcome.TempError => throw new SpfStop(outcome),
            SpfOutcome.PermError(var why) => throw new SpfStop(new SpfOutcome.PermError($"include:{Shown(domain)}: {why}")),
            SpfOutcome.None(var why) => throw new SpfStop(new SpfOutcome.PermError($"include:{Shown(domain)}: {why}")),
            _ => throw new UnreachableException(),
        };
    }

    private async ValueTask<bool> HasAddressAsync(string host, SpfPrefixes prefixes, VoidCounts voids)
    {
        var records = await AskAsync(host, client.IsIpv4 ? DnsRecordType.A : DnsRecordType.Aaaa, voids);
        var prefix = client.IsIpv4 ? prefixes.Ip4 : prefixes.Ip6;
        return records.OfType<DnsRecord.Address>().Any(address => client.IsWithin(address.Ip, prefix));
    }

    private async ValueTask<bool> HasMailExchangeAsync(string domain, SpfPrefixes prefixes)
    {
        var exchanges = (await AskAsync(domain, DnsRecordType.Mx, VoidCounts.Once)).OfType<DnsRecord.MailExchange>().ToList();
        if (exchanges.Count > options.HostCountMax)
        {
            throw new SpfStop(
                new SpfOutcome.PermError(
                    $"{domain} has {exchanges.Count} MX hosts; {options.HostCountMax} are allowed (RFC 7208 section 4.6.4)."
                )
            );
        }

        foreach (var exchange in exchanges.OrderBy(exchange => exchange.Preference))
        {
            if (await HasAddressAsync(exchange.Host, prefixes, VoidCounts.Not))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The client's host names that lead back to its address (RFC 7208 section 5.5). What DNS cannot answer validates nothing.
    /// </summary>
    private async ValueTask<List<string>> ValidatedNamesAsync(VoidCounts voids)
    {
        var names = new List<string>();
        var answer = await lookup(client.ReverseName, DnsRecordType.Ptr, cancellation);
        if (answer is DnsAnswer.NoData or DnsAnswer.NxDomain)
        {
            CountVoid(voids, client.ReverseName);
        }

        if (answer is not DnsAnswer.Records(var pointers))
        {
            return names;
        }

        foreach (var pointer in pointers.OfType<DnsRecord.Pointer>().Take(options.HostCountMax))
        {
            if (
                IsName(pointer.Host)
                && await lookup(pointer.Host, client.IsIpv4 ? DnsRecordType.A : DnsRecordType.Aaaa, cancellation)
                    is DnsAnswer.Records(var addresses)
                && addresses.OfType<DnsRecord.Address>().Any(address => address.Ip.Equals(client.Ip))
            )
            {
                names.Add(pointer.Host);
            }
        }

        return names;
    }

    private async ValueTask<List<string>> PoliciesAsync(string domain) =>
        await lookup(domain, DnsRecordType.Txt, cancellation) switch
        {
            DnsAnswer.Records(var records) =>
            [
                .. records.OfType<DnsRecord.Text>().Select(record => record.Value).Where(SpfRecord.IsPolicy),
            ],
            DnsAnswer.NoData or DnsAnswer.NxDomain => [],
            DnsAnswer.TempFailure(var why) => throw new SpfStop(
                new SpfOutcome.TempError($"The policy of {domain} could not be looked up. {why}")
            ),
            _ => throw new UnreachableException(),
        };

    /// <summary>The records that a mechanism asks for. A name that DNS cannot hold has none.</summary>
    private async ValueTask<IReadOnlyList<DnsRecord>> AskAsync(string name, DnsRecordType type, VoidCounts voids)
    {
        if (!IsName(name))
        {
            return [];
        }

        switch (await lookup(name, type, cancellation))
        {
            case DnsAnswer.Records(var records):
                return records;
            case DnsAnswer.NoData or DnsAnswer.NxDomain:
                CountVoid(voids, name);
                return [];
            case DnsAnswer.TempFailure(var why):
                throw new SpfStop(new SpfOutcome.TempError($"{name} could not be looked up. {why}"));
            default:
                throw new UnreachableException();
        }
    }

    private void CountLookup(string term)
    {
        LookupCount++;
        if (LookupCount > options.LookupCountMax)
        {
            throw new SpfStop(
                new SpfOutcome.PermError(
                    $"With \"{term}\" the policy needs more than {options.LookupCountMax} look-ups (RFC 7208 section 4.6.4)."
                )
            );
        }
    }

    private void CountVoid(VoidCounts voids, string name)
    {
        if (voids == VoidCounts.Not)
        {
            return;
        }

        VoidLookupCount++;
        if (VoidLookupCount > options.VoidLookupCountMax)
        {
            throw new SpfStop(
                new SpfOutcome.PermError(
                    $"With {Shown(name)} more than {options.VoidLookupCountMax} look-ups found nothing (RFC 7208 section 4.6.4)."
                )
            );
        }
    }

    private async ValueTask<string> ExpandOrAsync(SpfMacroString? spec, string domain) =>
        spec is null ? domain : await ExpandAsync(spec, domain);

    /// <summary>The name that a domain-spec stands for; too long, it loses labels from the left (RFC 7208 section 7.3).</summary>
    private async ValueTask<string> ExpandAsync(SpfMacroString spec, string domain)
    {
        var name = spec.Expand(await ValuesForAsync(spec, domain), ExpandedNameLengthMax);
        name = name.EndsWith('.') ? name[..^1] : name;
        var start = 0;
        while (name.Length - start > NameLengthMax && name.IndexOf('.', start) is var dot && dot >= 0)
        {
            start = dot + 1;
        }

        return name[start..];
    }

    private async ValueTask<SpfMacroValues> ValuesForAsync(SpfMacroString macros, string domain)
    {
        var names = macros.NeedsValidatedName ? await ValidatedNamesAsync(VoidCounts.Not) : [];
        var validated = names.Find(name => DomainName.IsEqual(name, domain))
            ?? names.Find(name => DomainName.IsEqualOrBelow(name, domain))
            ?? names.FirstOrDefault()
            ?? "unknown"; // RFC 7208 section 7.3
        return new SpfMacroValues(client, domain, validated, now);
    }

    /// <summary>RFC 7208 section 6.2: whatever goes wrong on the way to it, the explanation is then the default one.</summary>
    private async ValueTask<string> ExplainAsync(PolicyAt policy)
    {
        if (policy.Record.Explanation is not { } spec)
        {
            return options.DefaultExplanation;
        }

        var name = await ExpandAsync(spec, policy.Domain);
        var records =
            IsName(name) && await lookup(name, DnsRecordType.Txt, cancellation) is DnsAnswer.Records(var found)
                ? found.OfType<DnsRecord.Text>().ToList()
                : [];
        return records.Count == 1 && SpfMacroString.ParseExplanation(records[0].Value) is SpfMacroParse.Parsed(var text)
            ? text.Expand(await ValuesForAsync(text, policy.Domain), ExplanationLengthMax)
            : options.DefaultExplanation;
    }

    /// <summary>Whether DNS could hold the name; its letters are not SPF's business (macros make odd ones).</summary>
    private static bool IsName(string name)
    {
        if (name.Length is 0 or > NameLengthMax || !System.Text.Ascii.IsValid(name))
        {
            return false;
        }

        for (var start = 0; start <= name.Length; )
        {
            var dot = name.IndexOf('.', start);
            var end = dot < 0 ? name.Length : dot;
            if (end - start is 0 or > LabelLengthMax)
            {
                return false;
            }

            start = end + 1;
        }

        return true;
    }

    private static string Shown(string name) => name.Length <= 80 ? name : $"{name[..80]}…";

    private enum VoidCounts
    {
        /// <summary>Hosts of an mx or ptr, and %{p}: the RFC counts terms.</summary>
        Not,
        Once,
    }

    private sealed record PolicyAt(string Domain, SpfRecord Record);

    /// <summary>Ends the whole check from within a nested policy; caught in <see cref="CheckHostAsync"/>, never outside.</summary>
    private sealed class SpfStop(SpfOutcome outcome) : Exception(outcome.Word)
    {
        public SpfOutcome Outcome => outcome;
    }
}
