using System.Collections.Concurrent;
using Shonin.Specs.Web;

[assembly: AssemblyFixture(typeof(SharedShops))]

namespace Shonin.Specs.Web;

/// <summary>
/// One running shop for each set of settings, for specs that ask and change nothing: to start one takes longer than to ask it a hundred
/// times. They end with the run.
/// </summary>
public sealed class SharedShops : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<RunningShop>>> shops = new(StringComparer.Ordinal);

    internal Task<RunningShop> WithAsync(params (string Name, string Value)[] settings)
    {
        RealParts.Open();
        return shops.GetOrAdd(string.Join('\n', settings), _ => new(() => RunningShop.OpenAsync(settings))).Value;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var shop in shops.Values)
            await (await shop.Value).DisposeAsync();
    }
}
