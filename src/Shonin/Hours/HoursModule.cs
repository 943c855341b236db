using Shonin.Operations;

namespace Shonin.Hours;

/// <summary>When somebody answers, for pages that say so and for promised times.</summary>
internal sealed class HoursModule : IModule
{
    private readonly HolidaysFile holidays;

    public HoursModule(House house, ShopHours hours)
    {
        Shop = hours;
        holidays = new(house.Files.Folder, hours, house.Health, house.Clock, house.Log);
        holidays.Look();
    }

    public ShopHours Shop { get; }

    public IEnumerable<Work> Works => [new($"Watching {HolidaysFile.Name}", holidays.RunAsync)];
}
