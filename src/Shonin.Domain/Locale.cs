namespace Shonin.Domain;

/// <summary>The two languages of the product. Every text exists in both.</summary>
public enum Locale
{
    Ja,
    En,
}
