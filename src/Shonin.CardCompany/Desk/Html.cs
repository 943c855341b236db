using System.Globalization;
using System.Text.Encodings.Web;

namespace Shonin.CardCompany.Desk;

/// <summary>Markup. What is put into a template is encoded unless it is markup itself.</summary>
internal sealed class Html : IFormattable
{
    private static readonly HtmlEncoder encoder = HtmlEncoder.Create(System.Text.Unicode.UnicodeRanges.All);

    private readonly string markup;

    private Html(string markup) => this.markup = markup;

    public static Html Of(FormattableString template) => new(template.ToString(Encoding.Instance));

    public static Html All(IEnumerable<Html> parts) => new(string.Concat(parts));

    public override string ToString() => markup;

    public string ToString(string? format, IFormatProvider? formatProvider) => markup;

    private sealed class Encoding : IFormatProvider, ICustomFormatter
    {
        public static readonly Encoding Instance = new();

        public object? GetFormat(Type? formatType) => formatType == typeof(ICustomFormatter) ? this : null;

        public string Format(string? format, object? arg, IFormatProvider? formatProvider) =>
            arg switch
            {
                null => "",
                Html html => html.markup,
                IFormattable value => encoder.Encode(value.ToString(format, CultureInfo.InvariantCulture)),
                var other => encoder.Encode(other.ToString() ?? ""),
            };
    }
}
