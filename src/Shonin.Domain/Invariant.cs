using System.Runtime.CompilerServices;

namespace Shonin.Domain;

/// <summary>What must be true unless a programmer erred. On in every build.</summary>
public static class Invariant
{
    public static void That(bool holds, [CallerArgumentExpression(nameof(holds))] string? what = null)
    {
        if (!holds)
            throw new InvariantBrokenException($"Broken: {what}");
    }
}

/// <summary>A programmer's error, never a user's.</summary>
public sealed class InvariantBrokenException(string what) : Exception(what);
