namespace Shonin.Bench;

/// <summary>One measured value and, where there is one, the machine's own limit measured in the same run.</summary>
public sealed record Figure(string Name, double Value, string Unit, string? LimitName = null, double? Limit = null, double? Ratio = null);
