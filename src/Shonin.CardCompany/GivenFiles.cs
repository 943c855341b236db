using Shonin.EventLog.Secrets;

namespace Shonin.CardCompany;

/// <summary>Reads the files that the options name. A refusal names the option, the file, what is wrong and what to do.</summary>
internal static class GivenFiles
{
    /// <summary>A file that says who is trusted: nobody but its owner may change it.</summary>
    /// <param name="remedy">What to do about a missing file or a wrong one, as a sentence.</param>
    /// <exception cref="CardCompanyRefusedException">It cannot be read, is too large, may be changed by others, or belongs to another
    ///   user.</exception>
    public static byte[] ReadTrusted(string option, string file, int sizeBytesMax, string remedy) =>
        Read(option, () => OwnerOnly.ReadTrusted(file, sizeBytesMax, remedy));

    /// <summary>A file that only its owner may read.</summary>
    /// <inheritdoc cref="ReadTrusted"/>
    /// <exception cref="CardCompanyRefusedException">It cannot be read, is too large, is open to others, or belongs to another
    ///   user.</exception>
    public static byte[] ReadSecret(string option, string file, int sizeBytesMax, string remedy) =>
        Read(option, () => OwnerOnly.ReadSecret(file, sizeBytesMax, remedy));

    private static byte[] Read(string option, Func<byte[]> read)
    {
        try
        {
            return read();
        }
        catch (Exception unusable) when (unusable is KeyFileException or IOException)
        {
            throw new CardCompanyRefusedException(CardCompanyRefusedException.UnreadableInput, $"{option} {unusable.Message}");
        }
    }
}
