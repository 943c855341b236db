using CsCheck;

namespace Shonin.Specs.Iso8583;

/// <summary>Valid bytes with something done to them: changed, cut, doubled, removed, added.</summary>
internal static class Mutation
{
    public static Gen<byte[]> Of(byte[] valid) =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, valid.Length - 1], Gen.Byte, Gen.Int[1, 8])
            .Array[1, 4]
            .Select(steps =>
            {
                var bytes = valid.ToList();
                foreach (var (what, where, value, count) in steps)
                {
                    var at = Math.Min(where, bytes.Count);
                    var affected = Math.Min(count, bytes.Count - at);
                    switch (what)
                    {
                        case 0 when affected > 0:
                            bytes[at] = value;
                            break;
                        case 1 when affected > 0:
                            bytes[at] ^= (byte)(1 << (value & 7));
                            break;
                        case 2:
                            bytes.RemoveRange(at, affected);
                            break;
                        case 3:
                            bytes.InsertRange(at, bytes.GetRange(at, affected));
                            break;
                        default:
                            bytes.Insert(at, value);
                            break;
                    }
                }
                return bytes.ToArray();
            });
}
