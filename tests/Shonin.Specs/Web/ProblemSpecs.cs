using Shonin.Domain.Orders;
using Shonin.Web;

namespace Shonin.Specs.Web;

public sealed class ProblemSpecs
{
    /// <summary>The names that WIRE fixes, with their statuses.</summary>
    public static TheoryData<string, int> Fixed =>
        new()
        {
            { "malformed", 400 },
            { "idempotencyKeyMissing", 400 },
            { "notAuthorized", 401 },
            { "forbidden", 403 },
            { "orderNotFound", 404 },
            { "requestInProgress", 409 },
            { "notOnHold", 409 },
            { "attemptInProgress", 409 },
            { "alreadyApproved", 409 },
            { "alreadyShipped", 409 },
            { "alreadyCancelled", 409 },
            { "deadlinePassed", 409 },
            { "neverRetryCode", 409 },
            { "retryBudgetSpent", 409 },
            { "noLiveAuthorization", 409 },
            { "bodyTooLarge", 413 },
            { "idempotencyKeyReused", 422 },
            { "cardNotFound", 422 },
            { "invalidAmount", 422 },
            { "unknownCurrency", 422 },
            { "invalidCard", 422 },
            { "rateLimited", 429 },
            { "overloaded", 503 },
        };

    [Theory]
    [MemberData(nameof(Fixed))]
    public void Every_fixed_code_has_its_name_and_status(string name, int status) =>
        Assert.Equal(status, Problem.StatusOf(Enum.GetValues<ProblemCode>().Single(code => ApiJson.Camel(code) == name)));

    [Fact]
    public void Every_refusal_has_a_problem_of_its_own_name()
    {
        foreach (var refusal in Enum.GetValues<Refusal>())
        {
            var problem = Problem.Of(refusal, "a rule");
            Assert.Equal(refusal.ToString(), problem.Code.ToString());
            Assert.InRange(problem.Status, 400, 422);
            Assert.Equal("a rule", problem.View.Rule);
        }
    }

    [Fact]
    public void Every_code_has_a_status_and_a_title() =>
        Assert.All(Enum.GetValues<ProblemCode>(), code => Assert.NotEmpty(new Problem(code, "x").View.Title));
}
