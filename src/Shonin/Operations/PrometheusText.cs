using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Shonin.Operations;

/// <summary>
/// Listens to the instruments of one meter and writes what they have measured in the text format of Prometheus (version 0.0.4): a counter
/// of longs as a counter, a histogram of doubles as a summary without quantiles, an observable gauge of longs as a gauge. Each is named as
/// its instrument is.
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly MeterListener listener = new();
    private readonly List<Family> families = [];

    /// <param name="meter">One without instruments yet: those that it gets from now on are written, in that order.</param>
    public PrometheusText(Meter meter)
    {
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (!ReferenceEquals(instrument.Meter, meter))
                return;
            var family = new Family(instrument);
            families.Add(family);
            listener.EnableMeasurementEvents(instrument, family);
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, labels, family) =>
            {
                if (instrument.IsObservable)
                    ((Family)family!).Of(labels).Set(value);
                else
                    ((Family)family!).Of(labels).Add(value);
            }
        );
        listener.SetMeasurementEventCallback<double>((_, value, labels, family) => ((Family)family!).Of(labels).Add((decimal)value));
        listener.Start();
    }

    public string Write()
    {
        listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var family in families)
            family.Write(text);
        return text.ToString();
    }

    public void Dispose() => listener.Dispose();

    /// <summary>What one instrument has measured, a series for each set of labels.</summary>
    private sealed class Family(Instrument instrument)
    {
        private readonly ConcurrentDictionary<string, Series> series = new(StringComparer.Ordinal);

        private string Kind =>
            instrument switch
            {
                Counter<long> => "counter",
                Histogram<double> => "summary",
                ObservableGauge<long> => "gauge",
                _ => throw new NotSupportedException($"{instrument.Name} is of a kind that is not written: {instrument.GetType().Name}."),
            };

        public Series Of(ReadOnlySpan<KeyValuePair<string, object?>> labels)
        {
            // Values in the order in which they were given, which is the order of the series too.
            var values = new string[labels.Length];
            for (var index = 0; index < labels.Length; index++)
                values[index] = Convert.ToString(labels[index].Value, CultureInfo.InvariantCulture) ?? "";
            var key = string.Join('\n', values);
            return series.TryGetValue(key, out var known) ? known : series.GetOrAdd(key, new Series(Labels(labels, values)));
        }

        public void Write(StringBuilder text)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {instrument.Name} {instrument.Description}\n");
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {instrument.Name} {Kind}\n");
            foreach (var (_, one) in series.OrderBy(one => one.Key, StringComparer.Ordinal))
            {
                var (sum, count) = one.Read();
                if (instrument is Histogram<double>)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{instrument.Name}_sum{one.Labels} {(double)sum}\n");
                    text.Append(CultureInfo.InvariantCulture, $"{instrument.Name}_count{one.Labels} {count}\n");
                }
                else
                {
                    text.Append(CultureInfo.InvariantCulture, $"{instrument.Name}{one.Labels} {sum}\n");
                }
            }
        }

        /// <summary>In the order of the alphabet, with what the format makes special escaped.</summary>
        private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> labels, string[] values)
        {
            if (labels.IsEmpty)
                return "";
            var texts = new string[labels.Length];
            for (var index = 0; index < labels.Length; index++)
                texts[index] = $"{labels[index].Key}=\"{Escape(values[index])}\"";
            return $"{{{string.Join(',', texts.Order(StringComparer.Ordinal))}}}";
        }

        private static string Escape(string value) =>
            value
                .Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal);
    }

    /// <summary>Decimal, so that many small times add up exactly.</summary>
    private sealed class Series(string labels)
    {
        private readonly Lock gate = new();
        private decimal sum;
        private long count;

        public string Labels => labels;

        public void Add(decimal value)
        {
            lock (gate)
                (sum, count) = (sum + value, count + 1);
        }

        public void Set(decimal value)
        {
            lock (gate)
                sum = value;
        }

        public (decimal Sum, long Count) Read()
        {
            lock (gate)
                return (sum, count);
        }
    }
}
