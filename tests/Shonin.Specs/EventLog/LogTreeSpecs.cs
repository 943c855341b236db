using System.Security.Cryptography;
using CsCheck;
using Shonin.EventLog.Evidence;

namespace Shonin.Specs.EventLog;

public sealed class LogTreeSpecs
{
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    // The tree heads that Certificate Transparency's test data gives for its first one to eight leaves.
    [InlineData("-", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData("-,00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData("-,00,10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData("-,00,10,2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData("-,00,10,2021,3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4")]
    [InlineData("-,00,10,2021,3031,40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef")]
    [InlineData("-,00,10,2021,3031,40414243,5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c")]
    [InlineData(
        "-,00,10,2021,3031,40414243,5051525354555657,606162636465666768696a6b6c6d6e6f",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    )]
    public void RFC_9162_2_1_1_the_root_of_the_tree(string leaves, string root)
    {
        var tree = new LogTree();
        foreach (var leaf in leaves.Split(',', StringSplitOptions.RemoveEmptyEntries))
            tree.Add(Convert.FromHexString(leaf.Trim('-')));
        Assert.Equal(root, Convert.ToHexStringLower(tree.Root()));
    }

    [Fact]
    public void The_peaks_give_the_root_that_the_recursive_definition_of_RFC_9162_2_1_1_gives() =>
        Gen
            .Byte.Array[32]
            .List[0, 70]
            .Sample(
                leaves =>
                {
                    var tree = new LogTree();
                    foreach (var leaf in leaves)
                        tree.Add(leaf);
                    Assert.Equal(Defined([.. leaves]), tree.Root());
                },
                iter: 200
            );

    [Fact]
    public void A_tree_taken_up_again_from_its_peaks_goes_on_as_if_it_had_never_stopped() =>
        Gen.Select(Gen.Byte.Array[32].List[0, 40], Gen.Byte.Array[32].List[0, 40])
            .Sample(
                (before, after) =>
                {
                    var whole = new LogTree();
                    foreach (var leaf in before)
                        whole.Add(leaf);
                    var again = new LogTree(whole.Count, whole.Peaks);
                    foreach (var leaf in after)
                    {
                        whole.Add(leaf);
                        again.Add(leaf);
                    }
                    Assert.Equal(whole.Root(), again.Root());
                },
                iter: 100
            );

    [Theory]
    [InlineData(3, 32)]
    [InlineData(4, 64)]
    [InlineData(4, 31)]
    [InlineData(-1, 32)]
    public void Peaks_that_do_not_belong_to_the_count_are_refused(long count, int sizeBytes) =>
        Assert.Throws<ArgumentException>(() => new LogTree(count, new byte[sizeBytes]));

    /// <summary>MTH as RFC 9162 section 2.1.1 writes it, slowly.</summary>
    private static byte[] Defined(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 0)
            return SHA256.HashData([]);
        if (leaves.Length == 1)
            return SHA256.HashData([0, .. leaves[0]]);
        var half = 1;
        while (half * 2 < leaves.Length)
            half *= 2;
        return SHA256.HashData([1, .. Defined(leaves[..half]), .. Defined(leaves[half..])]);
    }
}
