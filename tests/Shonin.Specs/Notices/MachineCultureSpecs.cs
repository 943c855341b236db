using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Shonin.Domain.Notices;

namespace Shonin.Specs.Notices;

/// <summary>
/// A machine set up for Bangkok, Riyadh, Tehran, Istanbul or Helsinki writes the same texts as any other: its calendar, digits and letters
/// are not ours.
/// </summary>
public sealed class MachineCultureSpecs
{
    private const int TwoBytes = 0xFE; // ECMA-335 partition III: the first byte of the longer codes

    private static readonly Type[] cultureBound =
    [
        typeof(DateTimeOffset),
        typeof(DateTime),
        typeof(DateOnly),
        typeof(TimeOnly),
        typeof(TimeSpan),
        typeof(decimal),
        typeof(double),
        typeof(float),
    ];

    private static readonly Dictionary<int, OpCode> codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value & 0xFFFF);

    [Theory]
    [InlineData("th-TH")]
    [InlineData("ar-SA")]
    [InlineData("fa-IR")]
    [InlineData("tr-TR")]
    [InlineData("fi-FI")]
    public void Every_notice_is_the_same_whatever_the_machine_is_set_to(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
            var expected = NoticePageSpecs.Write();
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            Assert.Equal(expected, NoticePageSpecs.Write());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void No_method_of_the_domain_writes_a_time_or_a_fraction_without_saying_in_which_culture()
    {
        var guilty = typeof(NoticeWording)
            .Assembly.GetTypes()
            .SelectMany(type =>
                type.GetMembers(
                    BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly
                )
            )
            .OfType<MethodBase>()
            .Where(method => !IsWrittenByTheCompiler(method) && WritesInTheMachinesCulture(method))
            .Select(method => $"{method.DeclaringType}.{method.Name}");
        Assert.Empty(guilty);
    }

    [Fact]
    public void The_search_finds_what_it_looks_for()
    {
        Assert.True(WritesInTheMachinesCulture(((Func<DateTimeOffset, string>)Interpolated).Method));
        Assert.True(WritesInTheMachinesCulture(((Func<DateTimeOffset, string>)Formatted).Method));
        Assert.False(WritesInTheMachinesCulture(((Func<DateTimeOffset, string>)Invariantly).Method));
    }

    private static string Interpolated(DateTimeOffset at) => $"since {at:yyyy-MM-dd}";

#pragma warning disable CA1305 // This is what the search must find.
    private static string Formatted(DateTimeOffset at) => at.ToString("yyyy-MM-dd");
#pragma warning restore CA1305

    private static string Invariantly(DateTimeOffset at) => string.Create(CultureInfo.InvariantCulture, $"since {at:yyyy-MM-dd}");

    /// <summary>A record's own ToString is for debugging, and in no text.</summary>
    private static bool IsWrittenByTheCompiler(MethodBase method) =>
        method.Name == "PrintMembers" || method.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) && method.Name is "ToString";

    private static bool WritesInTheMachinesCulture(MethodBase method)
    {
        var calls = CallsOf(method).ToList();
        var takesNoCulture = calls.Any(call =>
            call is ConstructorInfo && call.DeclaringType == typeof(DefaultInterpolatedStringHandler) && call.GetParameters().Length == 2
        );
        return takesNoCulture
                && calls.Any(call =>
                    call.DeclaringType == typeof(DefaultInterpolatedStringHandler)
                    && call.Name == "AppendFormatted"
                    && call is MethodInfo { IsGenericMethod: true } append
                    && cultureBound.Contains(Nullable.GetUnderlyingType(append.GetGenericArguments()[0]) ?? append.GetGenericArguments()[0])
                )
            || calls.Any(call =>
                call.Name == "ToString"
                && call.DeclaringType is { } declaring
                && cultureBound.Contains(declaring)
                && call.GetParameters().All(parameter => parameter.ParameterType == typeof(string))
            );
    }

    private static IEnumerable<MethodBase> CallsOf(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } body)
            yield break;
        var typeArguments = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
        var methodArguments = method is { IsGenericMethod: true } ? method.GetGenericArguments() : null;
        for (var at = 0; at < body.Length; )
        {
            var code = codes[body[at] == TwoBytes ? TwoBytes << 8 | body[at + 1] : body[at]];
            at += code.Size;
            if (code.OperandType == OperandType.InlineMethod)
                yield return method.Module.ResolveMethod(BitConverter.ToInt32(body, at), typeArguments, methodArguments)!;
            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(body, at),
                _ => 4, // tokens, long branches, 32-bit numbers
            };
        }
    }
}
