@{
    RootModule           = 'HostScanAutomation.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '3b1f2c7e-6d0a-4f53-9a55-0c9e8b7d4a21'
    Author               = 'The hostscan-automation authors'
    CompanyName          = 'hostscan-automation'
    Copyright            = '(c) The hostscan-automation authors. MIT licence.'
    Description          = 'List, select and cancel host scan jobs of Netwrix Privilege Secure, in bulk and safely.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    TypesToProcess       = @('HostScanAutomation.Types.ps1xml')
    FormatsToProcess     = @('HostScanAutomation.Format.ps1xml')
    FunctionsToExport    = @(
        'Connect-HostScanServer'
        'ConvertFrom-HostScanExample'
        'Disconnect-HostScanServer'
        'Export-HostScanReport'
        'Get-HostScanJob'
        'Get-HostScanRun'
        'Get-HostScanSession'
        'Invoke-HostScanPlaybook'
        'Measure-HostScanJob'
        'Start-HostScanJob'
        'Stop-HostScanJob'
        'Test-HostScanConnection'
        'Test-HostScanPlaybook'
        'Wait-HostScanJob'
    )
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags = @('Netwrix', 'PrivilegeSecure', 'HostScan', 'PAM', 'PSEdition_Desktop', 'PSEdition_Core', 'Windows', 'Linux')
        }
    }
}
