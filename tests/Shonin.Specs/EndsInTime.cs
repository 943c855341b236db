using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using Shonin.Specs;
using Xunit.v3;

[assembly: EndsInTime]

namespace Shonin.Specs;

/// <summary>
/// A test that waits for what never comes ends the run, by its name, instead of holding it up for ever. Nothing is measured by the bound:
/// it lies far beyond what the longest journey takes on a machine that is busy with other work.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class EndsInTimeAttribute : BeforeAfterTestAttribute
{
    private static readonly TimeSpan bound = TimeSpan.FromMinutes(45);
    private static readonly TimeSpan lookEvery = TimeSpan.FromSeconds(10);
    private static readonly ConcurrentDictionary<IXunitTest, long> begunAt = new();
    private static readonly Timer watch = new(_ => Look(), null, lookEvery, lookEvery);

    public override void Before(MethodInfo methodUnderTest, IXunitTest test) => begunAt[test] = Stopwatch.GetTimestamp();

    public override void After(MethodInfo methodUnderTest, IXunitTest test) => begunAt.TryRemove(test, out _);

    private static void Look()
    {
        GC.KeepAlive(watch);
        var late = begunAt.Where(one => Stopwatch.GetElapsedTime(one.Value) > bound).Select(one => one.Key.TestDisplayName).ToArray();
        if (late.Length == 0)
            return;
        Console.Error.WriteLine($"After {bound.TotalMinutes:0} minutes it had not ended: {string.Join(", ", late)}");
        Environment.Exit(1);
    }
}
