using Shonin.Domain.Hours;

namespace Shonin.Hours;

/// <summary>When somebody answers, as it is known at this moment: the hours of the settings with the holidays of the file.</summary>
/// <param name="usual">Null where only the merchant's texts say when: then nothing can be reckoned.</param>
internal sealed class ShopHours(OpeningHours? usual)
{
    private volatile OpeningHours? current = usual;

    public OpeningHours? Current => current;

    public void Keep(SpecialDays holidays) => current = current?.With(holidays);
}
