<#
.SYNOPSIS
Find in scripts what PSScriptAnalyzer would find, as far as this project could sin against it.
.DESCRIPTION
A stand-in for the rules that matter here, made on the shell's own parser, for machines that have
no PSScriptAnalyzer. Writes one object for each fault.
.PARAMETER Path
The scripts.
.PARAMETER Known
Names of functions that the scripts may call besides the commands of Windows PowerShell 5.1.
.EXAMPLE
./Find-ScriptFault.ps1 -Path (Get-ChildItem -Filter *.ps1).FullName -Known 'Get-HostScanJob'
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)] [string[]] $Path,
    [string[]] $Known = @()
)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# commands that both 5.1 and 7 have, on every system
$commands = @(
    'Add-Member', 'ConvertFrom-Json', 'ConvertTo-Json', 'Export-ModuleMember', 'ForEach-Object', 'Get-ChildItem',
    'Get-Command', 'Get-Content', 'Get-Credential', 'Get-Item', 'Get-Module', 'Group-Object', 'Import-Module', 'Invoke-RestMethod', 'Invoke-WebRequest',
    'New-Object', 'Add-Type', 'Out-Null', 'Read-Host', 'Select-Object', 'Set-StrictMode', 'Set-Variable', 'Sort-Object', 'Split-Path', 'Test-Path',
    'Where-Object', 'Write-Debug', 'Write-Error', 'Write-Output', 'Write-Progress', 'Write-Verbose', 'Write-Warning'
) + $Known
$changing = 'New', 'Set', 'Remove', 'Start', 'Stop', 'Restart', 'Reset', 'Update'
$automatic = 'args', 'error', 'event', 'executioncontext', 'false', 'foreach', 'host', 'input', 'home', 'lastexitcode',
'matches', 'myinvocation', 'null', 'pid', 'profile', 'pscmdlet', 'psscriptroot', 'pwd', 'sender', 'shellid', 'switch', 'this', 'true', '_'
$preferences = 'erroractionpreference', 'progresspreference', 'whatifpreference', 'confirmpreference', 'verbosepreference'
$newer = 'TernaryExpressionAst', 'PipelineChainAst'
$tokenKinds = 'QuestionQuestion', 'QuestionQuestionEquals', 'QuestionDot', 'QuestionLBracket', 'AndAnd', 'OrOr'

function Write-Fault {
    param([string] $Rule, [object] $Extent, [string] $Text)
    [pscustomobject]@{ File = [System.IO.Path]::GetFileName($Extent.File); Line = $Extent.StartLineNumber; Rule = $Rule; Text = $Text }
}

function Find-InTree {
    param([object] $Tree, [string] $Kind)
    $Tree.FindAll({ param($node) $node.GetType().Name -eq $Kind }.GetNewClosure(), $true)
}

function Find-CommandFault {
    param([object] $Tree)
    foreach ($command in Find-InTree -Tree $Tree -Kind 'CommandAst') {
        $name = $command.GetCommandName()
        if ($null -eq $name) { continue }
        if ($name -notin $commands -and $name -notlike '*/*') { Write-Fault -Rule 'not a command of both shells, or an alias' -Extent $command.Extent -Text $name }
        $positional = 0
        $elements = @($command.CommandElements)
        for ($index = 1; $index -lt $elements.Count; $index++) {
            $isNamed = $elements[$index] -is [System.Management.Automation.Language.CommandParameterAst]
            $isValue = $elements[$index - 1] -is [System.Management.Automation.Language.CommandParameterAst]
            if (-not $isNamed -and -not $isValue) { $positional++ }
        }
        if ($positional -gt 2) { Write-Fault -Rule 'three positional arguments' -Extent $command.Extent -Text $name }
        if ($name -eq 'ConvertTo-SecureString' -or $name -eq 'Invoke-Expression' -or $name -eq 'Write-Host') {
            Write-Fault -Rule 'a command to avoid' -Extent $command.Extent -Text $name
        }
    }
}

function Find-FunctionFault {
    param([object] $Tree)
    $verbs = @(Get-Verb | ForEach-Object -Process { $_.Verb })
    foreach ($function in Find-InTree -Tree $Tree -Kind 'FunctionDefinitionAst') {
        $verb, $noun = $function.Name -split '-', 2
        if ($verb -notin $verbs) { Write-Fault -Rule 'verb is not approved' -Extent $function.Extent -Text $function.Name }
        if ("$noun" -match 's$' -and "$noun" -notmatch 'ss$|Status$') { Write-Fault -Rule 'noun is plural' -Extent $function.Extent -Text $function.Name }
        if ($verb -in $changing -and $function.Extent.Text -notmatch 'ShouldProcess') { Write-Fault -Rule 'changes without ShouldProcess' -Extent $function.Extent -Text $function.Name }
    }
}

function Find-ParameterFault {
    param([object] $Tree)
    foreach ($block in Find-InTree -Tree $Tree -Kind 'ScriptBlockAst') {
        if ($null -eq $block.ParamBlock) { continue }
        $text = $block.Extent.Text
        foreach ($parameter in $block.ParamBlock.Parameters) {
            $name = $parameter.Name.VariablePath.UserPath
            $uses = [regex]::Matches($text, '[$@]\{?' + [regex]::Escape($name) + '\b', 'IgnoreCase').Count
            if ($uses -lt 2) { Write-Fault -Rule 'parameter is not used' -Extent $parameter.Extent -Text $name }
            if ($name -match 'Pass(word|phrase)' -and $parameter.StaticType -eq [string]) { Write-Fault -Rule 'password as plain text' -Extent $parameter.Extent -Text $name }
            $isMandatory = $parameter.Extent.Text -match 'Mandatory\s*=\s*\$true'
            if ($isMandatory -and $null -ne $parameter.DefaultValue) { Write-Fault -Rule 'mandatory with a default' -Extent $parameter.Extent -Text $name }
            if ($parameter.Extent.Text -match '\[switch\][^=]*=\s*\$true') { Write-Fault -Rule 'switch that is on' -Extent $parameter.Extent -Text $name }
        }
        $takesPipeline = $block.ParamBlock.Extent.Text -match 'ValueFromPipeline'
        if ($takesPipeline -and $null -eq $block.ProcessBlock) { Write-Fault -Rule 'pipeline without process' -Extent $block.ParamBlock.Extent -Text '' }
    }
}

function Find-VariableFault {
    param([object] $Tree)
    $text = $Tree.Extent.Text
    foreach ($assignment in Find-InTree -Tree $Tree -Kind 'AssignmentStatementAst') {
        if ($assignment.Left -isnot [System.Management.Automation.Language.VariableExpressionAst]) { continue }
        $name = $assignment.Left.VariablePath.UserPath -replace '^script:', ''
        if ($name -in $automatic -and $name -ne 'null') { Write-Fault -Rule 'automatic variable is assigned' -Extent $assignment.Extent -Text $name }
        if ($assignment.Left.VariablePath.IsGlobal) { Write-Fault -Rule 'global variable' -Extent $assignment.Extent -Text $name }
        $uses = [regex]::Matches($text, '[$@]\{?(script:)?' + [regex]::Escape($name) + '\b', 'IgnoreCase').Count
        if ($uses -lt 2 -and $name -ne 'null' -and $name -notin $preferences -and $text -notmatch 'Export-ModuleMember') {
            Write-Fault -Rule 'variable is not used' -Extent $assignment.Extent -Text $name
        }
    }
    foreach ($comparison in Find-InTree -Tree $Tree -Kind 'BinaryExpressionAst') {
        if ("$($comparison.Right)" -eq '$null' -and "$($comparison.Operator)" -match '^[IC](eq|ne)$') { Write-Fault -Rule '$null on the right' -Extent $comparison.Extent -Text '' }
    }
}

foreach ($file in $Path) {
    $tokens = $null
    $problems = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseFile($file, [ref]$tokens, [ref]$problems)
    foreach ($problem in $problems) { Write-Fault -Rule 'does not parse' -Extent $problem.Extent -Text $problem.Message }
    foreach ($token in $tokens) { if ("$($token.Kind)" -in $tokenKinds) { Write-Fault -Rule 'syntax that 5.1 lacks' -Extent $token.Extent -Text $token.Text } }
    foreach ($kind in $newer) { foreach ($node in Find-InTree -Tree $tree -Kind $kind) { Write-Fault -Rule 'syntax that 5.1 lacks' -Extent $node.Extent -Text $kind } }
    foreach ($block in Find-InTree -Tree $tree -Kind 'NamedBlockAst') { if ("$($block.BlockKind)" -eq 'Clean') { Write-Fault -Rule 'syntax that 5.1 lacks' -Extent $block.Extent -Text 'clean' } }
    foreach ($catch in Find-InTree -Tree $tree -Kind 'CatchClauseAst') { if (@($catch.Body.Statements).Count -eq 0) { Write-Fault -Rule 'empty catch' -Extent $catch.Extent -Text '' } }
    Find-CommandFault -Tree $tree
    Find-FunctionFault -Tree $tree
    Find-ParameterFault -Tree $tree
    Find-VariableFault -Tree $tree
}
