using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Shonin.EventLog.Secrets;

namespace Shonin.Specs;

/// <summary>
/// RSA-2048 keys for specs that need some key and do not test how one is made: random in every run, each made once, because finding
/// the primes of one takes longer than a hundred specs. Keys of different numbers differ.
/// </summary>
internal static class RsaKeys
{
    private static readonly ConcurrentDictionary<int, Lazy<string>> made = new();

    /// <summary>PKCS#8, as our key files have it.</summary>
    public static string Pem(int number) => made.GetOrAdd(number, _ => new(() =>
            {
                using var rsa = RSA.Create(2048);
                return rsa.ExportPkcs8PrivateKeyPem();
            })).Value;

    /// <summary>The caller's own object of that key.</summary>
    public static RSA Of(int number)
    {
        var rsa = RSA.Create();
        rsa.ImportFromPem(Pem(number));
        return rsa;
    }

    /// <summary>Lays the key where the server looks for its signing key of that name, and would make one otherwise.</summary>
    public static void Place(KeyFolder folder, string selector, int number)
    {
        OwnerOnly.Folder(folder.Path);
        OwnerOnly.CreateWhole(Path.Combine(folder.Path, $"dkim-{selector}.pem"), Encoding.ASCII.GetBytes(Pem(number) + "\n"));
    }
}
