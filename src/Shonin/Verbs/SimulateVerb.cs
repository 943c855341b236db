using System.CommandLine;
using System.Runtime;
using Shonin.Simulation;

namespace Shonin.Verbs;

/// <summary><c>shonin simulate</c>: the whole system under one seed, with everything going wrong that can.</summary>
internal static class SimulateVerb
{
    private const int OrdersMax = 1_000_000;
    private const int RunsMax = 100_000;

    public static Command Command(VerbContext context)
    {
        var seed = new Option<int?>("--seed")
        {
            Description = "Replays the world of this seed; without it a new one is drawn, and printed.",
            HelpName = "S",
        };
        var orders = new Option<int>("--orders")
        {
            Description =
                $"How many orders; each {SimulationRun.OrdersPerWorldMax} have a world of their own, as many at a time as there are cores.",
            HelpName = "N",
            DefaultValueFactory = _ => 20,
        };
        var runs = new Option<int>("--runs")
        {
            Description = "How many worlds, of this seed and those that follow it.",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
        };
        var json = JsonOption.New();
        InRange(orders, OrdersMax);
        InRange(runs, RunsMax);
        var command = new Command(
            "simulate",
            "Plays orders through the whole system with lost, late and repeated answers and crashes at every write; ends with 0 only if every promise held."
        )
        {
            seed,
            orders,
            runs,
            json,
        };
        command.SetAction(parsed =>
        {
            var first = parsed.GetValue(seed) ?? Random.Shared.Next();
            var allHeld = true;
            // Nobody waits for a short pause here, and a collector that works beside the worlds takes their cores.
            GCSettings.LatencyMode = GCLatencyMode.Batch;
            for (var run = 0; run < parsed.GetValue(runs); run++)
            {
                var report = SimulationRun.Run(unchecked(first + run), parsed.GetValue(orders), Environment.ProcessorCount);
                allHeld &= report.EveryPromiseHeld;
                if (parsed.GetValue(json))
                    context.Terminal.WriteJson(report);
                else
                    Print(report, context.Terminal.Out);
            }
            return (int)(allHeld ? ExitCode.Done : ExitCode.No);
        });
        return command;
    }

    private static void Print(SimulationReport report, TextWriter output)
    {
        output.WriteLine(report);
        if (report.EveryPromiseHeld)
            return;
        foreach (var world in report.Broken)
        {
            output.WriteLine($"  World of seed {world.Seed}, {world.OrdersAsked} orders, after {world.Steps} steps:");
            foreach (var problem in world.Problems)
                output.WriteLine($"  NOT KEPT {problem}");
            foreach (var note in world.Notes)
                output.WriteLine($"  {note}");
            output.WriteLine($"  Again: shonin simulate --seed {world.Seed} --orders {world.OrdersAsked}");
        }
    }

    private static void InRange(Option<int> option, int most) =>
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value && (value < 1 || value > most))
                result.AddError($"{option.Name} must be from 1 to {most}.");
        });
}
