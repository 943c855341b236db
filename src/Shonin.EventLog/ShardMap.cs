using System.Text;

namespace Shonin.EventLog;

/// <summary>Which shard a stream belongs to: a fixed function of its name, the same on every machine and for ever.</summary>
public static class ShardMap
{
    /// <summary>The number of shards of a log. It is part of the stored data: changing it would move streams between shards.</summary>
    public const int ShardCount = 64;

    /// <summary>FNV-1a, 32 bit, over the UTF-8 bytes of the name, modulo <see cref="ShardCount"/>.</summary>
    public static int ShardOf(StreamId stream)
    {
        var hash = 2166136261u;
        foreach (var octet in Encoding.UTF8.GetBytes(stream.Value))
            hash = (hash ^ octet) * 16777619u;
        return (int)(hash % ShardCount);
    }
}
