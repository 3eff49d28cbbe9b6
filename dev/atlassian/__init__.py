"""Stand-in for an Atlassian site: Confluence and Jira with a sample corpus, for the demo and the tests."""
