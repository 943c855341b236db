namespace Shonin.EventLog;

/// <summary>What was used lately, in front of something slower that knows it too.</summary>
/// <param name="generationCountMax">At most twice this many are kept: those used since, and those of the generation before.</param>
internal sealed class RecentlyUsed<TKey, TValue>(int generationCountMax)
    where TKey : notnull
    where TValue : class
{
    private readonly Lock gate = new();
    private Dictionary<TKey, TValue> young = [];
    private Dictionary<TKey, TValue> old = [];

    internal TValue? Find(TKey key)
    {
        lock (gate)
        {
            if (young.TryGetValue(key, out var value))
                return value;
            if (!old.TryGetValue(key, out value))
                return null;
            PutYoung(key, value);
            return value;
        }
    }

    internal void Put(TKey key, TValue value)
    {
        lock (gate)
            PutYoung(key, value);
    }

    internal void Remove(TKey key)
    {
        lock (gate)
        {
            young.Remove(key);
            old.Remove(key);
        }
    }

    internal void Clear()
    {
        lock (gate)
            (young, old) = ([], []);
    }

    private void PutYoung(TKey key, TValue value)
    {
        if (young.Count >= generationCountMax && !young.ContainsKey(key))
            (old, young) = (young, []);
        young[key] = value;
    }
}
