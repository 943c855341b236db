using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Shonin.MailChecks;
using Shonin.Orders;
using Scope = Shonin.Operations.Scope;

namespace Shonin.Web;

/// <summary>
/// The interface's own description, at <see cref="Route"/>: made from the table in <see cref="Api"/> and the records that bodies become.
/// </summary>
internal static class OpenApi
{
    public const string Route = "/openapi/{documentName}.json";
    private const string DocumentName = "v1";
    private const string ContentType = "application/json;charset=utf-8";
    private const string KeyScheme = "apiKey";

    private static readonly Dictionary<string, string> descriptions = new()
    {
        [RequestKeys.HeaderName] =
            "A value of your own for each request, 1 to 255 printable ASCII characters. The same value again gets the first durable outcome; with another body, 422.",
        ["id"] = "The id that an answer of this interface gave.",
        ["number"] = "The order's number, as the customer knows it.",
        ["limit"] = "How many at most, 1 to 100; 20 where left out.",
        ["for"] = "customer, agent or card-company; customer where left out.",
        ["lang"] = "ja or en; ja where left out.",
        ["after"] = "The next of the page before.",
        ["recipient"] = "The address of whoever asks: only with it can a notice be proved to have been sent to them.",
    };

    public static void Add(IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options => ApiJson.Configure(options.SerializerOptions));
        services.AddOpenApi(DocumentName, options =>
        {
            options.ShouldInclude = description => description.RelativePath?.StartsWith("v1/", StringComparison.Ordinal) == true;
            options.AddDocumentTransformer(
                (document, _, _) =>
                {
                    document.Info = new()
                    {
                        Title = "Shonin",
                        Version = DocumentName,
                        Description =
                            "Orders, and their approval by the card company. Errors are application/problem+json (RFC 9457); code names the reason.",
                    };
                    document.Servers = [];
                    document.Components ??= new();
                    document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
                    document.Components.SecuritySchemes[KeyScheme] = new OpenApiSecurityScheme
                    {
                        Type = SecuritySchemeType.Http,
                        Scheme = "bearer",
                        Description = "A key of shonin keys create.",
                    };
                    return Task.CompletedTask;
                }
            );
            options.AddOperationTransformer(DescribeAsync);
        });
    }

    /// <summary>Made once, at the first question: it takes the better part of a second of a processor, and anybody may ask.</summary>
    public static RouteHandlerBuilder Map(IEndpointRouteBuilder routes)
    {
        var made = new Lazy<Task<byte[]>>(() =>
            WriteAsync(routes.ServiceProvider.GetRequiredKeyedService<IOpenApiDocumentProvider>(DocumentName))
        );
        return routes
            .MapGet(Route, async (string documentName) =>
                documentName == DocumentName ? Results.Bytes(await made.Value, ContentType) : Results.NotFound()
            )
            .ExcludeFromDescription();
    }

    private static async Task<byte[]> WriteAsync(IOpenApiDocumentProvider provider)
    {
        using var written = new MemoryStream();
        var document = await provider.GetOpenApiDocumentAsync(CancellationToken.None);
        await document.SerializeAsJsonAsync(written, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);
        return written.ToArray();
    }

    private static async Task DescribeAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellation
    )
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<BodyShape>().SingleOrDefault() is { } body)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [RequestBody.Json] = new() { Schema = await context.GetOrCreateSchemaAsync(body.Type, null, cancellation) },
                },
            };
        }
        if (metadata.OfType<MailShape>().Any())
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [MailCheckEndpoint.ContentType] = new()
                    {
                        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
                    },
                },
            };
        }
        if (metadata.OfType<Scope?>().SingleOrDefault() is { } scope)
        {
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(KeyScheme, context.Document)] = [] }];
            operation.Extensions ??= new Dictionary<string, IOpenApiExtension>();
            operation.Extensions["x-scope"] = new JsonNodeExtension(JsonValue.Create(ApiJson.Camel(scope)));
        }
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            parameter.Description = descriptions.GetValueOrDefault(parameter.Name ?? "");
            // A card may be stored without the key; everything else needs it.
            if (parameter.Name == RequestKeys.HeaderName)
                parameter.Required = metadata.OfType<Scope?>().SingleOrDefault() != Scope.Cards;
        }
    }
}
