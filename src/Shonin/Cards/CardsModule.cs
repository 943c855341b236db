using System.Security.Cryptography;
using Shonin.CardNetwork.Vault;
using Shonin.Merchant.Cards;
using Shonin.Operations;

namespace Shonin.Cards;

/// <summary>
/// Cards: the vault, what takes a card in, and the requests that brought one. <c>POST /v1/cards</c>, and the page of a new card.
/// </summary>
internal sealed class CardsModule : IModule, IAsyncDisposable
{
    private readonly SqliteVaultStore store;
    private readonly CardRequests requests;
    private readonly House house;

    private CardsModule(House house, VaultKeys keys, SqliteVaultStore store, CardRequests requests)
    {
        (this.house, this.store, this.requests) = (house, store, requests);
        Vault = new CardVault(store, keys, RandomNumberGenerator.Fill, house.Clock, new VaultOptions());
        Intake = new CardIntake(keys, house.Clock);
        Endpoint = new CardEndpoint(Intake, Vault, requests);
    }

    public CardVault Vault { get; }
    public CardIntake Intake { get; }
    public CardEndpoint Endpoint { get; }

    public IEnumerable<(HealthArea Area, ServerHealth.AskPart Ask)> Asked =>
        [(HealthArea.Vault, ServerHealth.Seldom(store.TryWriting, house.Clock))];

    public IEnumerable<Gauge> Gauges =>
        [new("shonin_security_codes_waiting", "Security codes held in memory for their one use.", () => Vault.WaitingSecurityCodeCount)];

    public static async Task<CardsModule> OpenAsync(House house, CancellationToken cancellation)
    {
        // The key file first: where vault.db exists, it must too.
        var path = house.PathOf("vault.db");
        var keys = VaultKeyFile.Open(house.Files.Keys.Path, path, RandomNumberGenerator.Fill);
        var requests = await CardRequests.OpenAsync(
            house.OwnedLog,
            house.Clock,
            fault => house.Log.LogError(fault, "A card request met a fault of ours"),
            cancellation
        );
        return new(house, keys, SqliteVaultStore.Open(path), requests);
    }

    public async ValueTask DisposeAsync()
    {
        await requests.DisposeAsync();
        await Vault.DisposeAsync();
    }
}
