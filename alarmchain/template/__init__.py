"""Reads the metric filters of CloudFormation templates and Terraform plans."""
