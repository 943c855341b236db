using System.Globalization;

namespace Shonin.Settings;

/// <summary>A setting with what holds for it.</summary>
/// <param name="Origin"><c>default</c>, or where it was said.</param>
internal sealed record SettingInForce(Setting Setting, IReadOnlyList<string> Texts, string Origin)
{
    public const string DefaultOrigin = "default";

    /// <summary>The value as a person may see it.</summary>
    public string Shown => Setting.Secrecy == Secrecy.Secret && Texts.Any(text => text.Length > 0) ? "***" : string.Join(", ", Texts);
}

/// <summary>The value of every setting, once all that was said about them has been found right.</summary>
internal sealed class SettingValues
{
    private readonly Dictionary<Setting, SettingInForce> values;

    private SettingValues(Dictionary<Setting, SettingInForce> values) => this.values = values;

    public IReadOnlyList<SettingInForce> All => [.. KnownSettings.All.Select(setting => values[setting])];

    public T Of<T>(Setting<T> setting) => setting.Parse(values[setting].Texts)!.Value;

    /// <summary>Puts the sources one over the other, the later before the earlier; refuses with one sentence a mistake.</summary>
    public static Reading<SettingValues, IReadOnlyList<string>> From(params IReadOnlyList<IReadOnlyList<Said>> sources)
    {
        var faults = new List<string>();
        var said = new Dictionary<Setting, SortedDictionary<int, Said>>();
        foreach (var one in sources.SelectMany(source => source))
        {
            switch (Place(one))
            {
                case Reading<(Setting Setting, int Index), string>.Read(var (setting, index)):
                    if (!said.TryGetValue(setting, out var texts))
                        said[setting] = texts = [];
                    if (index == WholeList)
                        texts.Clear();
                    else
                        texts.Remove(WholeList);
                    texts[index] = one;
                    break;
                case Reading<(Setting Setting, int Index), string>.Refused(var why):
                    faults.Add(why);
                    break;
            }
        }
        var values = KnownSettings.All.ToDictionary(
            setting => setting,
            setting => InForce(setting, said.GetValueOrDefault(setting), faults)
        );
        return faults.Count == 0
            ? new Reading<SettingValues, IReadOnlyList<string>>.Read(new(values))
            : new Reading<SettingValues, IReadOnlyList<string>>.Refused(faults);
    }

    /// <summary>Stands where a list was given in one text, or emptied.</summary>
    private const int WholeList = -1;

    private static Reading<(Setting Setting, int Index), string> Place(Said said)
    {
        foreach (var setting in KnownSettings.All)
        {
            if (string.Equals(setting.Name, said.Path, StringComparison.OrdinalIgnoreCase))
                return new Reading<(Setting, int), string>.Read((setting, WholeList));
            if (
                setting.Shape == Shape.List
                && said.Path.StartsWith(setting.Name + ":", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(said.Path.AsSpan(setting.Name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            )
            {
                return new Reading<(Setting, int), string>.Read((setting, index));
            }
        }
        return new Reading<(Setting, int), string>.Refused(
            $"There is no setting {said.Path} (from {said.Origin}).{NearestName.Hint(said.Path, KnownSettings.All.Select(setting => setting.Name))} shonin config lists them all."
        );
    }

    private static SettingInForce InForce(Setting setting, SortedDictionary<int, Said>? said, List<string> faults)
    {
        if (said is null)
            return new(setting, setting.Default, SettingInForce.DefaultOrigin);
        var missing = Enumerable
            .Range(0, said.Count)
            .Where(index => !said.ContainsKey(WholeList) && !said.ContainsKey(index))
            .Select(index => (int?)index)
            .FirstOrDefault();
        string[] texts = [.. said.Values.Select(one => one.Text).Where(text => setting.Shape == Shape.Single || text.Length > 0)];
        var origin = string.Join(", ", said.Values.Select(one => one.Origin).Distinct());
        if (missing is not null)
        {
            faults.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{setting.Name} lacks its item {missing} (from {origin}); number the items from 0 without gaps."
                )
            );
        }
        else if (!setting.Accepts(texts))
        {
            faults.Add($"{setting.Name} is '{Told(setting, texts)}' (from {origin}); expected {setting.Expected}.");
        }

        return new(setting, texts, origin);
    }

    private static string Told(Setting setting, IReadOnlyList<string> texts) =>
        setting.Secrecy == Secrecy.Secret ? "***" : string.Join(", ", texts);
}
