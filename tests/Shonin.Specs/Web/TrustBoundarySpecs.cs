using System.Net;
using Microsoft.AspNetCore.Http;
using Shonin.Web;

namespace Shonin.Specs.Web;

public sealed class TrustBoundarySpecs
{
    private const string Proxy = "10.0.0.1";

    private static readonly TrustBoundary trusting = new(new([IPNetwork.Parse("10.0.0.1/32"), IPNetwork.Parse("127.0.0.1/32")], 1, []));
    private static readonly TrustBoundary trustingNobody = new(TrustOptions.TrustNobody);

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.9", true)]
    [InlineData("192.0.2.7", false)]
    [InlineData("::ffff:192.0.2.7", false)]
    [InlineData("2001:db8::1", false)]
    public void Without_headers_the_peer_is_the_client(string peer, bool isThisMachine)
    {
        var client = trustingNobody.Recognise(From(peer));

        Assert.Equal((isThisMachine, isThisMachine, false), (client.IsThisMachine, client.MayCarrySecrets, client.IsEncrypted));
    }

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("X-Forwarded-For", "")]
    [InlineData("X_FORWARDED_FOR", "127.0.0.1")]
    [InlineData("x-forwarded-proto", "https")]
    [InlineData("X-Forwarded-Host", "localhost")]
    [InlineData("X-Forwarded-Port", "443")]
    [InlineData("X-Forwarded-Server", "proxy")]
    [InlineData("X-Forwarded-Anything", "x")]
    [InlineData("X-Forwarded", "127.0.0.1")]
    [InlineData("X-Forward-For", "127.0.0.1")]
    [InlineData("Forwarded", "for=127.0.0.1;proto=https")]
    [InlineData("Forwarded-For", "127.0.0.1")]
    [InlineData("Via", "1.1 cache")]
    [InlineData("CDN-Loop", "cdn.example")]
    [InlineData("Client-IP", "127.0.0.1")]
    [InlineData("X-Client-IP", "127.0.0.1")]
    [InlineData("X-Cluster-Client-IP", "127.0.0.1")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("X-Originating-IP", "127.0.0.1")]
    [InlineData("X-Remote-Addr", "127.0.0.1")]
    [InlineData("X-ProxyUser-Ip", "127.0.0.1")]
    [InlineData("True-Client-IP", "127.0.0.1")]
    [InlineData("CF-Connecting-IP", "127.0.0.1")]
    [InlineData("CF-Connecting-IPv6", "::1")]
    [InlineData("CF-Visitor", "{\"scheme\":\"https\"}")]
    [InlineData("X-Azure-ClientIP", "127.0.0.1")]
    [InlineData("X-Original-For", "127.0.0.1")]
    [InlineData("X-Original-Host", "localhost")]
    [InlineData("X-Original-Forwarded-For", "127.0.0.1")]
    public void Whoever_is_not_trusted_and_forwards_is_never_this_machine(string header, string value)
    {
        var http = From("127.0.0.1", (header, value));

        var client = trustingNobody.Recognise(http);

        Assert.Equal(
            (IPAddress.Loopback, false, false, true),
            (client.Address, client.IsThisMachine, client.MayCarrySecrets, client.IsForwardedByStranger)
        );
        Assert.Equal("http", http.Request.Scheme);
    }

    [Theory]
    [InlineData("Max-Forwards", "3")]
    [InlineData("Host", "localhost")]
    [InlineData("User-Agent", "X-Forwarded-For")]
    [InlineData("Idempotency-Key", "order-1")]
    public void What_clients_send_themselves_is_no_sign_of_a_proxy(string header, string value) =>
        Assert.True(trustingNobody.Recognise(From("127.0.0.1", (header, value))).IsThisMachine);

    [Theory]
    [InlineData("127.1")]
    [InlineData("127.0.1")]
    [InlineData("0x7f.1")]
    [InlineData("0x7f000001")]
    [InlineData("0177.0.0.1")]
    [InlineData("127.0.0.01")]
    [InlineData("2130706433")]
    [InlineData("::1%lo")]
    [InlineData("127.1:80")]
    [InlineData("[::1%1]:80")]
    [InlineData("\"127.1\"")]
    [InlineData("localhost")]
    public void What_is_no_address_of_one_written_form_is_nobody_a_proxy_could_name(string forwarded)
    {
        var client = trusting.Recognise(From(Proxy, ("X-Forwarded-For", forwarded), ("X-Forwarded-Proto", "https")));
        var local = trusting.Recognise(From("127.0.0.1", ("X-Forwarded-For", forwarded)));

        Assert.Equal((IPAddress.Parse(Proxy), false, false), (client.Address, client.IsThisMachine, client.MayCarrySecrets));
        Assert.Equal((false, false), (local.IsThisMachine, local.MayCarrySecrets));
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("127.0.0.1:4711", false)]
    [InlineData("[::1]", false)]
    [InlineData("[::1]:4711", false)]
    [InlineData("0:0:0:0:0:0:0:1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:7f00:1", false)]
    public void Only_an_address_alone_and_in_its_one_form_can_be_this_machine(string forwarded, bool isThisMachine) =>
        Assert.Equal(isThisMachine, trusting.Recognise(From("127.0.0.1", ("X-Forwarded-For", forwarded))).IsThisMachine);

    [Theory]
    [InlineData("198.51.100.4:4711", "198.51.100.4")]
    [InlineData("::ffff:198.51.100.4", "198.51.100.4")]
    [InlineData("[2001:DB8::0007]:4711", "2001:db8::7")]
    [InlineData("2001:0db8:0:0::7", "2001:db8::7")]
    public void A_client_elsewhere_is_known_in_every_form_in_which_proxies_write_it(string forwarded, string address) =>
        Assert.Equal(IPAddress.Parse(address), trusting.Recognise(From("127.0.0.1", ("X-Forwarded-For", forwarded))).Address);

    [Fact]
    public void A_chain_ends_at_what_is_no_address_and_nothing_is_believed_of_it()
    {
        var two = new TrustBoundary(new([IPNetwork.Parse("10.0.0.0/30")], 2, [IPNetwork.Parse("10.0.0.0/24")]));

        var client = two.Recognise(From(Proxy, ("X-Forwarded-For", "127.1, 10.0.0.2")));

        Assert.Equal((IPAddress.Parse("10.0.0.2"), false, false), (client.Address, client.IsThisMachine, client.MayCarrySecrets));
    }

    [Theory]
    [InlineData("https", true)]
    [InlineData("http", false)]
    public void A_trusted_proxy_on_this_machine_names_the_client_and_its_scheme(string scheme, bool isEncrypted)
    {
        var client = trusting.Recognise(From("127.0.0.1", ("X-Forwarded-For", "198.51.100.4"), ("X-Forwarded-Proto", scheme)));

        Assert.Equal(
            (IPAddress.Parse("198.51.100.4"), isEncrypted, isEncrypted, false),
            (client.Address, client.IsEncrypted, client.MayCarrySecrets, client.IsThisMachine)
        );
    }

    [Fact]
    public void What_a_client_wrote_left_of_its_own_address_is_not_believed()
    {
        var client = trusting.Recognise(From("127.0.0.1", ("X-Forwarded-For", "127.0.0.1, 198.51.100.4"), ("X-Forwarded-Proto", "http")));

        Assert.Equal((IPAddress.Parse("198.51.100.4"), false), (client.Address, client.MayCarrySecrets));
    }

    [Fact]
    public void A_second_proxy_that_is_not_expected_is_a_stranger_and_no_local_client()
    {
        var two = ("X-Forwarded-For", "198.51.100.4, 127.0.0.1");
        var expected = new TrustBoundary(new([IPNetwork.Parse("127.0.0.1/32")], 2, []));

        Assert.False(trusting.Recognise(From("127.0.0.1", two, ("X-Forwarded-Proto", "http"))).MayCarrySecrets);
        Assert.Equal(
            IPAddress.Parse("198.51.100.4"),
            expected.Recognise(From("127.0.0.1", two, ("X-Forwarded-Proto", "http, http"))).Address
        );
    }

    [Theory]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("X-Forwarded-For", "unknown")]
    [InlineData("Forwarded", "for=127.0.0.1;proto=https")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("X-Original-For", "127.0.0.1")]
    public void A_trusted_proxy_that_does_not_say_for_whom_asks_for_a_stranger(string header, string value)
    {
        var client = trusting.Recognise(From("127.0.0.1", (header, value)));

        Assert.False(client.MayCarrySecrets);
    }

    [Fact]
    public void A_scheme_that_the_proxy_does_not_name_is_not_taken_for_encrypted()
    {
        var http = From("127.0.0.1", ("X-Forwarded-For", "198.51.100.4"));
        http.Request.Scheme = "https";

        Assert.False(trusting.Recognise(http).IsEncrypted);
    }

    [Fact]
    public void The_line_between_a_distant_proxy_and_us_must_be_protected_too()
    {
        (string, string)[] headers = [("X-Forwarded-For", "198.51.100.4"), ("X-Forwarded-Proto", "https")];
        var vouched = new TrustBoundary(new([IPNetwork.Parse("10.0.0.1/32")], 1, [IPNetwork.Parse("10.0.0.0/24")]));
        var overTls = From(Proxy, headers);
        overTls.Request.Scheme = "https";

        Assert.False(trusting.Recognise(From(Proxy, headers)).MayCarrySecrets);
        Assert.True(vouched.Recognise(From(Proxy, headers)).MayCarrySecrets);
        Assert.True(trusting.Recognise(overTls).MayCarrySecrets);
    }

    [Theory]
    [InlineData("10.0.0.7", true)]
    [InlineData("::ffff:10.0.0.7", true)]
    [InlineData("10.0.1.7", false)]
    public void A_network_that_is_vouched_for_carries_secrets_and_is_not_this_machine(string peer, bool mayCarry)
    {
        var boundary = new TrustBoundary(new([], 1, [IPNetwork.Parse("10.0.0.0/24")]));

        var client = boundary.Recognise(From(peer));

        Assert.Equal((mayCarry, false, false), (client.MayCarrySecrets, client.IsThisMachine, client.IsEncrypted));
        Assert.False(boundary.Recognise(From(peer, ("Via", "1.1 stranger"))).MayCarrySecrets);
    }

    [Theory]
    [InlineData("198.51.100.4", "198.51.100.4")]
    [InlineData("::ffff:198.51.100.4", "198.51.100.4")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:3::1", "2001:db8:1:3::/64")]
    public void Limits_count_by_the_address_or_by_the_network_whose_owner_has_all_of_it(string address, string key) =>
        Assert.Equal(key, trustingNobody.Recognise(From(address)).Key);

    private static DefaultHttpContext From(string peer, params ReadOnlySpan<(string Name, string Value)> headers)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        http.Request.Scheme = "http";
        foreach (var (name, value) in headers)
            http.Request.Headers[name] = value;
        return http;
    }
}
